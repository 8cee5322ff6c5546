import type { View } from './change.js';
import { spareRoom } from './drawRandomCrop.js';
import type { ImageSize } from './images.js';
import { croppedView } from './views.js';

/** The middle of what a view shows. */
export function middleView(size: ImageSize, view: View): View {
  const [down, right] = spareRoom('centerCrop', [view.height, view.width], size);
  return croppedView(view, Math.floor(down / 2), Math.floor(right / 2), size[0], size[1]);
}
