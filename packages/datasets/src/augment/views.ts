import type { Move, View } from './change.js';
import type { ImageBatchShape } from './images.js';

/** The view that shows an image as it is. */
export function wholeView(image: number, height: number, width: number): View {
  const shown = { y0: 0, y1: height, x0: 0, x1: width };
  return { image, height, width, top: 0, left: 0, step: 1, ...shown };
}

/** What a view shows, left to right reversed. */
export function flippedView(view: View): View {
  const { width, left, step, x0, x1 } = view;
  return {
    ...view,
    left: left + step * (width - 1),
    step: step === 1 ? -1 : 1,
    x0: width - x1,
    x1: width - x0,
  };
}

/** A window of a view, whose first row and column are `top` and `left` of the view; it may reach beyond. */
export function croppedView(
  view: View,
  top: number,
  left: number,
  height: number,
  width: number,
): View {
  const { image, step } = view;
  const y0 = clamp(view.y0 - top, height);
  const x0 = clamp(view.x0 - left, width);
  return {
    image,
    height,
    width,
    top: view.top + top,
    left: view.left + step * left,
    step,
    y0,
    y1: Math.max(y0, clamp(view.y1 - top, height)),
    x0,
    x1: Math.max(x0, clamp(view.x1 - left, width)),
  };
}

/** The same, differently placed, of every image of a batch. */
export function moveAll([count, height, width]: ImageBatchShape, move: (view: View) => View): Move {
  const views = Array.from({ length: count }, (_, b) => move(wholeView(b, height, width)));
  return { kind: 'move', views };
}

function clamp(at: number, end: number): number {
  return Math.min(end, Math.max(0, at));
}
