export { decodeKeras, type ReadHdf5, setKerasWeights } from './keras/decode.js';
export { encodeKeras, type KerasFiles } from './keras/encode.js';
export { KerasError } from './keras/error.js';
export { readHdf5, type WantedArray } from './keras/hdf5.js';
