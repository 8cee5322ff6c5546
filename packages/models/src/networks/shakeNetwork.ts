import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { ShakeShake, type ShakeShakeArgs } from '../layers/shakeShake.js';
import { ShiftImage } from '../layers/shiftImage.js';
import {
  checkDepth,
  checkImageOptions,
  checkOneOf,
  checkWhole,
  type ImageModelOptions,
} from '../modelOptions.js';
import { Builder, type BuilderStyle, torchUniform } from './builder.js';
import { type Block, basicBranch, residualStages } from './residual.js';

/** How the branches of a shake-shake network are mixed in training. */
export interface ShakeRules {
  /** Shares on the way forward: drawn, or ½; `'shake'` unless told. */
  forward?: 'shake' | 'even';
  /** Shares on the way back: drawn anew, ½, or those of the way forward; `'shake'` unless told. */
  backward?: 'shake' | 'even' | 'keep';
  /** One draw for each image, or one for the batch; `'image'` unless told. */
  level?: 'image' | 'batch';
}

/** What shake-shake networks of basic blocks take. */
export interface ShakeNetworkOptions extends ImageModelOptions, ShakeRules {
  /** Layers, 6 n + 2. */
  depth?: number;
  /** Channels of a branch in the first stage, twice and four times as many in the next; even, 32 unless told. */
  width?: number;
}

/** What sets one such network apart from another. */
interface ShakeDesign {
  depth: number;
  conv: BuilderStyle['conv'];
  /** Whether convolutions have biases. */
  useBias: boolean;
  /** Whether a shortcut that changes the shape begins with a ReLU. */
  skipRelu: boolean;
}

/** Shake-shake networks of basic blocks. */
export function shakeNetwork(
  name: string,
  options: ShakeNetworkOptions,
  design: ShakeDesign,
): LayersModel {
  const {
    classes,
    seed,
    headBias,
    inputShape = [32, 32, 3],
    width = 32,
    depth = design.depth,
  } = options;
  const { useBias } = design;
  checkImageOptions(name, options, 4);
  checkDepth(name, depth, { blocks: 6, rest: 2, named: [8, 14, 20, 26] });
  checkWhole(name, 'width', width);
  if (width % 2 > 0) {
    throw new RangeError(
      `${name}: width must be even, because each path of a shortcut gives half of it, got ${width}`,
    );
  }
  checkShakeRules(name, options);

  const build = new Builder({ seed, conv: design.conv, dense: torchUniform });
  const shortcut = (
    x: SymbolicTensor,
    name: string,
    filters: number,
    strides: number,
  ): SymbolicTensor => {
    const half = { filters: filters / 2, kernelSize: 1, strides, padding: 0, useBias };
    const shifted = new ShiftImage({ name: `${name}.shift` }).apply(x) as SymbolicTensor;
    const paths = [
      build.conv(x, `${name}.conv1`, half),
      build.conv(shifted, `${name}.conv2`, half),
    ];
    const both = layers.concatenate({ name: `${name}.concat` }).apply(paths) as SymbolicTensor;
    return build.norm(both, `${name}.bn`, 'linear');
  };
  const block: Block = (x, { name, features, strides }) => {
    // One ReLU for all that begin with it.
    const open = build.relu(x, `${name}.relu`);
    const same = x.shape.at(-1) === features;
    const skip = same ? x : shortcut(design.skipRelu ? open : x, `${name}.skip`, features, strides);
    const branches = [1, 2].map((i) =>
      basicBranch(build, open, { name: `${name}.branch${i}`, features, strides }, useBias),
    );
    return shake(build, [skip, ...branches], name, options);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  const stem = build.conv(images, 'stem.conv', { filters: 16, kernelSize: 3, useBias });
  const stages = [1, 2, 4].map((times) => ({ features: times * width, blocks: (depth - 2) / 6 }));
  const last = residualStages(build.norm(stem, 'stem.bn', 'linear'), stages, block, 'stage');
  const outputs = build.classify(build.relu(last, 'relu'), 'fc', classes, headBias);
  return model({ inputs: images, outputs, name });
}

/** The random mix that ends a block, of skip and two branches. */
export function shake(
  build: Builder,
  [skip, ...branches]: SymbolicTensor[],
  name: string,
  { forward, backward, level }: ShakeRules,
): SymbolicTensor {
  const given = Object.entries({ forward, backward, level }).filter(
    ([, rule]) => rule !== undefined,
  );
  const rules: ShakeShakeArgs = Object.fromEntries(given);
  const layer = new ShakeShake({
    ...rules,
    name: `${name}.shake`,
    seed: build.seed(`shake/${name}`),
  });
  return layer.apply([skip as SymbolicTensor, ...branches]) as SymbolicTensor;
}

/** Refuses rules that there are not. */
export function checkShakeRules(
  name: string,
  { forward = 'shake', backward = 'shake', level = 'image' }: ShakeRules,
): void {
  checkOneOf(name, 'forward', forward, ['shake', 'even']);
  checkOneOf(name, 'backward', backward, ['shake', 'even', 'keep']);
  checkOneOf(name, 'level', level, ['image', 'batch']);
}
