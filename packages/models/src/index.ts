export { ArchitectureMismatchError, type WeightDifferences } from './architecture.js';
export {
  Autoencoder,
  type AutoencoderOptions,
  convAutoencoder,
  convDenoisingAutoencoder,
} from './autoencoder.js';
export { makeFolders } from './make-folders.js';
export { encodeModel, type LoadedModel, loadModel, loadWeights, saveModel } from './model-file.js';
export { decodeSafetensors } from './safetensors/decode.js';
export type { SafetensorsContents, SafetensorsDType, SafetensorsTensor, TensorData } from './safetensors/dtypes.js';
export { encodeSafetensors } from './safetensors/encode.js';
export { SafetensorsError } from './safetensors/error.js';
export { halfWritten, writeAtomically } from './write-atomically.js';
