import type { backend_util } from '@tensorflow/tfjs-core';
import type { PlainWindowArguments, WindowArguments } from './kernelModule.js';

/** The moves of a window over each image, as the kernels take them. */
export function windowArguments(info: backend_util.Conv2DInfo): WindowArguments {
  return [...plainWindowArguments(info), info.dilationHeight, info.dilationWidth];
}

/** Those of a window without gaps. */
export function plainWindowArguments(info: backend_util.Conv2DInfo): PlainWindowArguments {
  return [
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  ];
}

/** Bytes of an image that a window moves over, and of what it leaves of it, of as many channels. */
export function imageBytes(info: backend_util.Conv2DInfo): { inBytes: number; outBytes: number } {
  return {
    inBytes: info.inHeight * info.inWidth * info.inChannels * 4,
    outBytes: info.outHeight * info.outWidth * info.inChannels * 4,
  };
}
