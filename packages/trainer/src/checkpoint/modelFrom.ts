import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { SavedTensors } from './Checkpoint.js';

/**
 * Makes a model from its saved layers and weights.
 *
 * @param weights Initial ones are drawn where they are null.
 * @param what Begins the message when a layer is unknown.
 * @param wayOut Ends it.
 */
export async function modelFrom(
  topology: unknown,
  weights: SavedTensors | null,
  what: string,
  wayOut: string,
): Promise<LayersModel> {
  try {
    return await loadLayersModel({
      load: async () => ({
        modelTopology: topology as Record<string, never>,
        ...(weights && { weightSpecs: weights.specs, weightData: weights.data }),
      }),
    });
  } catch (error) {
    const unknown = /Unknown layer: (\w+)/.exec((error as Error).message)?.[1];
    if (!unknown) throw error;
    throw new Error(`${what} has a layer ${unknown} that nobody has registered; ${wayOut}`);
  }
}
