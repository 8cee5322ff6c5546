import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ConvnetOptions, convnet } from './networks/convnet.js';
import { type DensenetBCOptions, densenetBC } from './networks/densenetBC.js';
import { type EnvnetOptions, envnet } from './networks/envnet.js';
import { envnetV2 } from './networks/envnetV2.js';
import { m3 } from './networks/m3.js';
import { m5 } from './networks/m5.js';
import { m11 } from './networks/m11.js';
import { m18 } from './networks/m18.js';
import { m34Res } from './networks/m34Res.js';
import { type Resnet18Options, resnet18 } from './networks/resnet18.js';
import { resnet29 } from './networks/resnet29.js';
import { resnet32 } from './networks/resnet32.js';
import { resnext29 } from './networks/resnext29.js';
import { type Resnext101Options, resnext101 } from './networks/resnext101.js';
import { type ShakeShakeOptions, shakeShake } from './networks/shakeShake.js';
import { type ShakeShake29Options, shakeShake29 } from './networks/shakeShake29.js';
import { shakeShakeShort } from './networks/shakeShakeShort.js';

/** What some network takes. */
type AnyOptions = ConvnetOptions &
  Resnet18Options &
  Resnext101Options &
  DensenetBCOptions &
  ShakeShakeOptions &
  ShakeShake29Options;

/** Options of every network; a network passes over those that it does not know. */
export interface CreateModelOptions extends Omit<AnyOptions, 'inputShape'> {
  /** Height, width and channels of an image, or samples of a sound: which of the two, the network says. */
  inputShape?: readonly number[];
}

const networks = {
  convnet,
  resnet18,
  resnet29,
  resnet32,
  resnext29,
  resnext101,
  densenetBC,
  shakeShake,
  shakeShake29,
  shakeShakeShort,
  envnet,
  envnetV2,
  m3,
  m5,
  m11,
  m18,
  m34Res,
} as Readonly<Record<string, (options: AnyOptions & EnvnetOptions) => LayersModel>>;

/** The names that `createModel` knows: those of the functions. */
export const modelNames: readonly string[] = Object.keys(networks);

/**
 * Builds a network by its name, for settings that come from a file or a command line.
 *
 * @throws RangeError for a name not in `modelNames`, and what the network throws for options that it cannot be built from.
 *
 * @example
 * ```ts
 * import { createModel, modelNames } from '@bcl/models';
 *
 * modelNames.includes('convnet'); // => true
 * const model = createModel('resnet18', { classes: 10, inputShape: [32, 32, 3], stem: 'cifar' });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 */
export function createModel(name: string, options: CreateModelOptions): LayersModel {
  const network = Object.hasOwn(networks, name) ? networks[name] : undefined;
  if (!network) {
    throw new RangeError(
      `createModel: name must be one of ${modelNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  }
  return network(options as AnyOptions & EnvnetOptions);
}
