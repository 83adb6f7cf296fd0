export {
  asExamples,
  type ImageDataset,
  type ImageExamples,
  type LoadedData,
  splitValidation,
  subset,
} from './dataset.js';
export { decodeImage } from './decode-image.js';
export type { DownloadProgress, RemoteFile } from './download/download.js';
export { DataError, type DataErrorCode } from './errors.js';
export { FASHION_MNIST_CLASS_NAMES } from './fashion-mnist/class-names.js';
export {
  FASHION_MNIST_FILES,
  FASHION_MNIST_MIRRORS,
  type FashionMnistFiles,
} from './fashion-mnist/files.js';
export { type FashionMnistOptions, loadFashionMnist } from './fashion-mnist/load.js';
export { type Layout, layoutOf, type PlacedPicture, type SetName } from './folders/layout.js';
export { openPictures } from './folders/open-pictures.js';
export type {
  BadPicture,
  PictureFolder,
  PictureOptions,
  PictureProgress,
  RecordSet,
  SetPicture,
} from './folders/types.js';
export { type FoundFile, type Listing, listFolder } from './folders/walk.js';
export type { IdxArray, IdxContent, IdxData, IdxType } from './idx/format.js';
export { readIdx } from './idx/read.js';
export { writeIdx } from './idx/write.js';
export { type CorruptionOptions, corruption, type NoiseFunction } from './noise/corruption.js';
export type { NoiseDraws, NoisyImages } from './noise/draws.js';
export { NOISE_KINDS, type NoiseKind, type NoiseSpec, type NoiseTerm, noiseText, parseNoise } from './noise/spec.js';
export { asChannels, asDepth } from './pictures/channels.js';
export { imageHeader } from './pictures/decode.js';
export { ImageError, type ImageErrorCode } from './pictures/errors.js';
export type { DecodedPicture, Picture, PictureFormat, PictureHeader, PictureLimits } from './pictures/picture.js';
export { encodePng } from './pictures/png/encode.js';
export { type Fit, resizeImage } from './pictures/resize.js';
export { cutTiles, joinTiles, type TileGrid, type Tiles, tileGrid } from './pictures/tiles.js';
export { syntheticGarments } from './synthetic/dataset.js';
