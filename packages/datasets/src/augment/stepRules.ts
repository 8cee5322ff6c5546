import type { Random } from '@bcl/random';
import type { Change, View } from './change.js';
import { checkRange } from './drawBox.js';
import { checkProbability, drawFlip, flipView } from './drawFlip.js';
import { checkPadding, drawPadCrop, padCropView } from './drawPadCrop.js';
import {
  checkColorComponents,
  checkSigma,
  drawPcaColor,
  IMAGENET_COLORS,
  pcaColorChange,
} from './drawPcaColor.js';
import { cropView, drawRandomCrop, spareRoom } from './drawRandomCrop.js';
import {
  checkFill,
  drawRandomErasing,
  ERASING_RATIO,
  ERASING_SCALE,
  erasingChange,
} from './drawRandomErasing.js';
import {
  drawRandomResizedCrop,
  RESIZED_CROP_RATIO,
  RESIZED_CROP_SCALE,
  resizedCropChange,
} from './drawRandomResizedCrop.js';
import { checkSize, type ImageBatchShape, type ImageSize } from './images.js';
import { middleView } from './middleView.js';
import { resizeChange, resizedSize } from './resizedSize.js';
import type { AugmentationStep, StepName, StepPlans, StepSettings } from './Step.js';

/** Which images a step is for: raw ones, 0..255, preprocessed ones, or both alike. */
export type Stage = 'raw' | 'prepared' | 'either';

/** What is known about a kind of step. */
export interface StepRule<N extends StepName> {
  /** The stream of chance that it draws from; none for a step without chance. */
  readonly stream?: string;
  readonly stage: Stage | ((settings: StepSettings[N]) => Stage);
  /** All settings, checked. */
  complete(settings: StepSettings[N]): StepSettings[N];
  draw(settings: StepSettings[N], shape: ImageBatchShape, random: Random): StepPlans[N];
  /** Where a step only moves pixels: what becomes of a view of an image. */
  view?(plan: StepPlans[N], view: View): View;
  /** Where it does more than that. */
  change?(plan: StepPlans[N], shape: ImageBatchShape): Change;
  /** The size that images of a size get, where it is another. */
  resized?(settings: StepSettings[N], size: ImageSize): ImageSize;
  /** What test images go through instead. */
  evaluation(settings: StepSettings[N]): readonly AugmentationStep[];
}

/** The middle of an image as a share of its side, where training saw random boxes: 224 of 256. */
const MIDDLE = 0.875;

const nothing = (): readonly AugmentationStep[] => [];

export const stepRules: { readonly [N in StepName]: StepRule<N> } = {
  flip: {
    stream: 'flip',
    stage: 'either',
    complete({ probability = 0.5 }) {
      checkProbability('compose: flip', probability);
      return { probability };
    },
    draw: (settings, [count], random) => drawFlip(count, { ...settings, random }),
    view: flipView,
    evaluation: nothing,
  },

  padCrop: {
    stream: 'crop',
    stage: 'prepared',
    complete({ padding = 4 }) {
      checkPadding('compose: padCrop', padding);
      return { padding };
    },
    draw: (settings, [count], random) => drawPadCrop(count, { ...settings, random }),
    view: padCropView,
    evaluation: nothing,
  },

  randomCrop: {
    stream: 'crop',
    stage: 'raw',
    complete({ size }) {
      checkSize('compose: randomCrop', size);
      return { size };
    },
    draw: (settings, shape, random) => drawRandomCrop(shape, { ...settings, random }),
    view: cropView,
    resized: ({ size }, from) => smaller('randomCrop', from, size),
    evaluation: ({ size }) => [{ step: 'centerCrop', size }],
  },

  randomResizedCrop: {
    stream: 'crop',
    stage: 'raw',
    complete({ size, scale = RESIZED_CROP_SCALE, ratio = RESIZED_CROP_RATIO }) {
      checkSize('compose: randomResizedCrop', size);
      checkRange('compose: randomResizedCrop', 'scale', scale, 1);
      checkRange('compose: randomResizedCrop', 'ratio', ratio);
      return { size, scale, ratio };
    },
    draw: (settings, shape, random) => drawRandomResizedCrop(shape, { ...settings, random }),
    change: resizedCropChange,
    resized: ({ size }) => size,
    evaluation: ({ size }) => [
      { step: 'resize', size: Math.round(Math.max(...size) / MIDDLE) },
      { step: 'centerCrop', size },
    ],
  },

  pcaColor: {
    stream: 'color',
    stage: 'raw',
    complete({
      sigma = 0.1,
      eigenvalues = IMAGENET_COLORS.eigenvalues,
      eigenvectors = IMAGENET_COLORS.eigenvectors,
    }) {
      checkSigma('compose: pcaColor', sigma);
      checkColorComponents('compose: pcaColor', { eigenvalues, eigenvectors });
      return { sigma, eigenvalues, eigenvectors };
    },
    draw: (settings, shape, random) => drawPcaColor(shape, { ...settings, random }),
    change: pcaColorChange,
    evaluation: nothing,
  },

  randomErasing: {
    stream: 'erase',
    stage: ({ fill }) => (fill === 'uniform' ? 'raw' : 'prepared'),
    complete({ probability = 0.5, scale = ERASING_SCALE, ratio = ERASING_RATIO, fill = 0 }) {
      checkProbability('compose: randomErasing', probability);
      checkRange('compose: randomErasing', 'scale', scale, 1);
      checkRange('compose: randomErasing', 'ratio', ratio);
      checkFill('compose: randomErasing', fill);
      return { probability, scale, ratio, fill };
    },
    draw: (settings, shape, random) => drawRandomErasing(shape, { ...settings, random }),
    change: erasingChange,
    evaluation: nothing,
  },

  resize: {
    stage: 'raw',
    complete({ size }) {
      resizedSize('compose: resize', { size }, [1, 1]);
      return { size };
    },
    draw: (settings) => settings,
    change: (settings, shape) => resizeChange('resize', settings, shape),
    resized: (settings, size) => resizedSize('resize', settings, size),
    evaluation: (settings) => [{ step: 'resize', ...settings }],
  },

  centerCrop: {
    stage: 'raw',
    complete({ size }) {
      checkSize('compose: centerCrop', size);
      return { size };
    },
    draw: (settings) => settings,
    view: ({ size }, view) => middleView(size, view),
    resized: ({ size }, from) => smaller('centerCrop', from, size),
    evaluation: (settings) => [{ step: 'centerCrop', ...settings }],
  },
};

/** The size of a window, which the image must hold. */
function smaller(caller: string, from: ImageSize, size: ImageSize): ImageSize {
  spareRoom(caller, from, size);
  return size;
}
