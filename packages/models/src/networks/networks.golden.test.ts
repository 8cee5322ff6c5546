import { goldenSuite } from '../testing/goldenSuite.js';
import { convnet } from './convnet.js';
import { densenetBC } from './densenetBC.js';
import { m5 } from './m5.js';
import { m18 } from './m18.js';
import { resnet18 } from './resnet18.js';
import { resnet29 } from './resnet29.js';
import { resnext29 } from './resnext29.js';
import { shakeShake } from './shakeShake.js';
import { shakeShakeShort } from './shakeShakeShort.js';

/** A stage gives what its last block does. */
const stages = (blocks: number, ends: string) => (module: string) =>
  /^(layer|stage)\d$/.test(module) ? `${module}.${blocks - 1}.${ends}` : module;

goldenSuite('convnet', convnet, {
  buildForTraining: (options) => convnet({ ...options, dropout: 0 }),
  layerOf: (module) => (module.startsWith('conv') ? `${module}.bn` : module),
});

goldenSuite('resnet18', resnet18, { layerOf: stages(2, 'relu') });
goldenSuite('resnet18-cifar', (options) => resnet18({ ...options, stem: 'cifar' }), {
  layerOf: stages(2, 'relu'),
});
goldenSuite('resnet29', resnet29, { layerOf: stages(3, 'relu') });
goldenSuite('resnext29-8x16d', (options) => resnext29({ ...options, baseWidth: 16 }), {
  layerOf: stages(3, 'relu'),
});

const denseBlock = (layers: number) => (module: string) => {
  if (module.startsWith('features.denseblock')) return `${module}.denselayer${layers}.concat`;
  return module.startsWith('features.transition') ? `${module}.pool` : module;
};
goldenSuite('densenet-bc-40-12', (options) => densenetBC({ ...options, depth: 40 }), {
  layerOf: denseBlock(6),
});
goldenSuite('densenet-bc-100-12', densenetBC, { layerOf: denseBlock(16) });
goldenSuite('densenet-bc-190-40', (options) => densenetBC({ ...options, depth: 190, growth: 40 }), {
  images: 1,
});

const shakeLayer = (blocks: number) => (module: string) => {
  if (module === 'stem' || module.endsWith('.skip')) return `${module}.bn`;
  return stages(blocks, 'shake')(module);
};
goldenSuite('shakeshake26-2x32d', shakeShake, { layerOf: shakeLayer(4) });
goldenSuite('shakeshake8-viehmann', shakeShakeShort, { layerOf: shakeLayer(1) });

goldenSuite('m5', m5);
goldenSuite('m18', m18);
