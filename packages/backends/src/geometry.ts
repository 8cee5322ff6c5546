import { backend_util } from '@tensorflow/tfjs-core';

/** A two-dimensional convolution, channels last. All lengths in elements. */
export interface Geometry {
  batch: number;
  height: number;
  width: number;
  channels: number;
  outHeight: number;
  outWidth: number;
  outputs: number;
  filterHeight: number;
  filterWidth: number;
  strideHeight: number;
  strideWidth: number;
  dilationHeight: number;
  dilationWidth: number;
  padTop: number;
  padLeft: number;
  /** Parts that channels and outputs are cut into; an output sees the channels of its own part alone. */
  groups: number;
}

/** What TensorFlow.js tells a convolution kernel. */
export type ConvAttrs = {
  strides: [number, number] | number;
  dilations?: [number, number] | number;
  pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: 'NHWC' | 'NCHW';
  groups?: number;
};

/** Geometry of a TensorFlow.js convolution kernel's attributes. */
export function geometry(xShape: number[], filterShape: number[], attrs: ConvAttrs): Geometry {
  if (attrs.dataFormat === 'NCHW') {
    throw new Error('conv2d: our kernels want channels last (NHWC), got NCHW');
  }
  const info = backend_util.computeConv2DInfo(
    xShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  return geometryOf(info, attrs.groups ?? 1);
}

/** Geometry of a convolution as TensorFlow.js describes it, in groups. */
export function geometryOf(info: backend_util.Conv2DInfo, groups: number): Geometry {
  return {
    batch: info.batchSize,
    height: info.inHeight,
    width: info.inWidth,
    channels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outputs: info.outChannels,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    dilationHeight: info.dilationHeight,
    dilationWidth: info.dilationWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
    groups,
  };
}
