export { ArchitectureMismatchError, type WeightDifferences } from './architecture.js';
export { decodeModel, encodeModel, type LoadedModel, setWeights } from './model.js';
export { encodeNpy, type NpyData } from './npy/encode.js';
export { decodeSafetensors } from './safetensors/decode.js';
export type { SafetensorsContents, SafetensorsDType, SafetensorsTensor, TensorData } from './safetensors/dtypes.js';
export { encodeSafetensors } from './safetensors/encode.js';
export { SafetensorsError } from './safetensors/error.js';
