export { ArchitectureMismatchError, type WeightDifferences } from './architecture.js';
export { decodeExploration } from './exploration/decode.js';
export { encodeExploration } from './exploration/encode.js';
export { type Exploration, ExplorationError } from './exploration/exploration.js';
export { decodeModel, encodeModel, type LoadedModel, setWeights } from './model.js';
export { decodeSafetensors } from './safetensors/decode.js';
export type { SafetensorsContents, SafetensorsDType, SafetensorsTensor, TensorData } from './safetensors/dtypes.js';
export { encodeSafetensors } from './safetensors/encode.js';
export { SafetensorsError } from './safetensors/error.js';
