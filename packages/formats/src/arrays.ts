export { type CsvCell, CsvError, decodeCsv, encodeCsv } from './csv/csv.js';
export { decodeNpy } from './npy/decode.js';
export type { NpyArray, NpyData, NpyDType } from './npy/dtypes.js';
export { encodeNpy, type NpyOptions } from './npy/encode.js';
export { NpyError } from './npy/error.js';
export { NPY_HEADER_BYTES, type NpyHeader, npyHeader } from './npy/header.js';
export { decodeNpz, encodeNpz, type NpzEntry, npzFiles } from './npz/npz.js';
export type { UnpackOptions } from './zip/zip.js';
