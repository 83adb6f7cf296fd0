// ONNX files: models out, and in.
export { OnnxError } from './onnx/error.js';
export type { OnnxOptions, OnnxPreprocessing } from './onnx/export/options.js';
export { toOnnx } from './onnx/export/to-onnx.js';
export { fromOnnx, type ImportedModel } from './onnx/import/from-onnx.js';
