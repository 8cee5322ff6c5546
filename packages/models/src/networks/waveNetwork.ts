import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { checkSoundOptions, type SoundModelOptions } from '../modelOptions.js';
import { Builder, glorotUniform } from './builder.js';

/** Convolutions of as many channels; the first of the first stage is the one over 80 samples. */
export interface WaveStage {
  filters: number;
  convolutions: number;
}

/** Poolings that a network for raw waveforms has at most, each behind one of the first stages. */
const POOLINGS = 4;

/** The plain networks for raw waveforms, stage after stage. */
export function waveNetwork(
  name: string,
  options: SoundModelOptions,
  stages: readonly WaveStage[],
): LayersModel {
  const { build, sounds, waves } = beginWaves(name, options, Math.min(POOLINGS, stages.length));
  let x = waves;
  let place = 0;
  stages.forEach(({ filters, convolutions }, stage) => {
    for (let i = 0; i < convolutions; i++) {
      place++;
      const first = { kernelSize: place === 1 ? 80 : 3, strides: place === 1 ? 4 : 1 };
      x = build.norm(build.conv1d(x, `conv${place}`, { filters, ...first }), `bn${place}`);
    }
    if (stage < POOLINGS) x = poolWaves(x, `pool${stage + 1}`);
  });
  return model({ inputs: sounds, outputs: classifyWaves(build, x, options), name });
}

/**
 * The input of a network for raw waveforms, `[B, T]`, and the same with one channel.
 *
 * @param poolings How many poolings follow; with the stride of the first convolution each shrinks the sound four times.
 */
export function beginWaves(
  name: string,
  options: SoundModelOptions,
  poolings: number,
): { build: Builder; sounds: SymbolicTensor; waves: SymbolicTensor } {
  checkSoundOptions(name, options, 4 ** (poolings + 1));
  const { seed, inputShape: [samples] = [32_000] } = options;
  // What the version of the networks that we follow has from Keras.
  const norm = { epsilon: 1e-3, momentum: 0.99 };
  const build = new Builder({ seed, conv: glorotUniform, dense: glorotUniform, norm });
  const sounds = input({ shape: [samples], name: 'sounds' });
  const reshape = layers.reshape({ name: 'channel', targetShape: [samples, 1] });
  return { build, sounds, waves: reshape.apply(sounds) as SymbolicTensor };
}

/** Maximum over four values of each channel; what does not fill a window is dropped. */
export function poolWaves(x: SymbolicTensor, name: string): SymbolicTensor {
  return layers.maxPooling1d({ name, poolSize: 4, strides: 4 }).apply(x) as SymbolicTensor;
}

/** Mean over time, then the logits. */
export function classifyWaves(
  build: Builder,
  x: SymbolicTensor,
  { classes, headBias }: SoundModelOptions,
): SymbolicTensor {
  const mean = layers.globalAveragePooling1d({ name: 'avgpool' }).apply(x) as SymbolicTensor;
  return build.dense(mean, 'fc', classes, headBias);
}
