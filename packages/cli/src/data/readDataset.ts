import { type Dataset, type LoadDatasetOptions, loadDataset } from '@bcl/datasets';
import { withDownloadProgress } from './downloadProgress.js';

/** Reads a data set by name or path, and shows how it is downloaded if it has to be. */
export async function readDataset(source: string, options: LoadDatasetOptions): Promise<Dataset> {
  return withDownloadProgress((shown) => loadDataset(source, { ...options, ...shown }));
}
