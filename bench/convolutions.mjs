// The ConvNet's convolutions, which benches time on more than one backend.

/** [size, channels, outputs] of the ConvNet's convolutions, those of one shape once. */
export const shapes = [
  [32, 3, 64],
  [32, 64, 64],
  [16, 64, 128],
  [16, 128, 128],
  [8, 128, 256],
  [8, 256, 256],
];

/** As TensorFlow.js tells its kernels of them. */
export const attrs = { strides: [1, 1], pad: 'same', dilations: [1, 1], dataFormat: 'NHWC' };
