import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { checkImageOptions, checkWhole, type ImageModelOptions } from '../modelOptions.js';
import { Builder, heOut, torchUniform } from './builder.js';
import {
  type Block,
  bottleneckBranch,
  cifarStem,
  imagenetStem,
  projection,
  residualStages,
  type Width,
} from './residual.js';

/** Blocks of each stage: for small images 9 · 3 + 2 layers, for large ones 33 · 3 + 2. */
const BLOCKS = { small: [3, 3, 3], large: [3, 4, 23, 3] };

/** The ResNet and ResNeXt networks of bottleneck blocks; `large` for those that begin by shrinking the image. */
export function bottleneckNetwork(
  name: string,
  options: ImageModelOptions,
  { large = false, ...width }: Width & { large?: boolean },
): LayersModel {
  const {
    classes,
    seed,
    headBias,
    inputShape = large ? ([224, 224, 3] as const) : ([32, 32, 3] as const),
  } = options;
  checkImageOptions(name, { ...options, inputShape }, large ? 32 : 4);
  checkWhole(name, 'cardinality', width.cardinality);
  checkWhole(name, 'baseWidth', width.baseWidth);

  const build = new Builder({ seed, conv: heOut, dense: torchUniform });
  const block: Block = (x, args) => {
    const { name, features, strides } = args;
    const names = { conv: `${name}.downsample.0`, norm: `${name}.downsample.1` };
    const skip = projection(build, x, 4 * features, { strides, ...names });
    return build.addRelu(bottleneckBranch(build, x, args, width), skip, `${name}.relu`);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  const first = large ? imagenetStem(build, images) : cifarStem(build, images, 64);
  const stages = BLOCKS[large ? 'large' : 'small'].map((blocks, i) => ({
    features: 64 << i,
    blocks,
  }));
  const last = residualStages(first, stages, block, 'layer');
  return model({ inputs: images, outputs: build.classify(last, 'fc', classes, headBias), name });
}
