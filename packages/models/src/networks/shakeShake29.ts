import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { checkImageOptions, checkWhole, type ImageModelOptions } from '../modelOptions.js';
import { Builder, heOut, torchUniform } from './builder.js';
import { type Block, bottleneckBranch, projection, residualStages } from './residual.js';
import { checkShakeRules, type ShakeRules, shake } from './shakeNetwork.js';

export interface ShakeShake29Options extends ImageModelOptions, ShakeRules {
  /** Groups of the middle convolution of a branch; 4 unless told. */
  cardinality?: number;
  /** Channels of a group in the first stage, twice and four times as many in the next; 64 unless told. */
  baseWidth?: number;
}

/**
 * Shake-Shake of ResNeXt branches, "29 2×4×64d" unless told otherwise: ResNeXt-29 with two branches in each block, which training mixes
 * at random. The one that the papers train on CIFAR-100, with `backward: 'even'`. 4 × 4 pixels or more.
 *
 * 34 529 700 parameters for 100 classes. Initial weights as `shakeShake`.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { shakeShake29 } from '@bcl/models';
 *
 * const model = shakeShake29({ classes: 100, cardinality: 2, baseWidth: 4, backward: 'even' });
 * model.outputs[0].shape; // => [null, 100]
 * model.dispose();
 * ```
 *
 * @see Gastaldi, "Shake-Shake regularization", arXiv:1705.07485; the author's code, xgastaldi/shake-shake.
 */
export function shakeShake29(options: ShakeShake29Options): LayersModel {
  const {
    classes,
    seed,
    headBias,
    inputShape = [32, 32, 3],
    cardinality = 4,
    baseWidth = 64,
  } = options;
  checkImageOptions('shakeShake29', options, 4);
  checkWhole('shakeShake29', 'cardinality', cardinality);
  checkWhole('shakeShake29', 'baseWidth', baseWidth);
  checkShakeRules('shakeShake29', options);

  const build = new Builder({ seed, conv: heOut, dense: torchUniform });
  const block: Block = (x, { name, features, strides }) => {
    const names = { conv: `${name}.skip.conv`, norm: `${name}.skip.bn` };
    const skip = projection(build, x, 4 * features, { strides, ...names });
    const branches = [1, 2].map((i) =>
      bottleneckBranch(
        build,
        x,
        { name: `${name}.branch${i}`, features, strides },
        { cardinality, baseWidth },
      ),
    );
    return build.relu(shake(build, [skip, ...branches], name, options), `${name}.relu`);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  const stem = build.conv(images, 'stem.conv', { filters: 64, kernelSize: 3 });
  const stages = [64, 128, 256].map((features) => ({ features, blocks: 3 }));
  const last = residualStages(build.norm(stem, 'stem.bn'), stages, block, 'stage');
  return model({
    inputs: images,
    outputs: build.classify(last, 'fc', classes, headBias),
    name: 'shakeShake29',
  });
}
