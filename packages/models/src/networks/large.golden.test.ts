import { goldenSuite } from '../testing/goldenSuite.js';
import { envnet } from './envnet.js';
import { envnetV2 } from './envnetV2.js';
import { resnext29 } from './resnext29.js';
import { shakeShake29 } from './shakeShake29.js';

// 253 million parameters in four networks: minutes and gigabytes, so only when asked for.
const asked = process.env.BCL_LARGE === '1';
if (!asked) {
  const left = 'EnvNet, EnvNet-v2, ResNeXt-29 16×64d and Shake-Shake 29 2×4×64d';
  console.info(`not compared with PyTorch: ${left}; BCL_LARGE=1 does it`);
  test.skip('the four largest networks agree with PyTorch', () => {});
} else {
  const sound = (module: string) => (module.startsWith('conv') ? `${module}.bn` : module);
  const stage = (module: string) => {
    if (module === 'stem') return 'stem.bn';
    return /^(layer|stage)\d$/.test(module) ? `${module}.2.relu` : module;
  };
  goldenSuite('envnet', envnet, { layerOf: sound });
  goldenSuite('envnet-v2', envnetV2, { layerOf: sound });
  goldenSuite('resnext29-16x64d', (options) => resnext29({ ...options, cardinality: 16 }), {
    layerOf: stage,
  });
  goldenSuite('shakeshake29-2x4x64d', shakeShake29, { layerOf: stage });
}
