export { philox4x32 } from './random/philox.js';
export { RandomStream } from './random/stream.js';
