export { sumBytes, wave, windowSums } from './sweep';
