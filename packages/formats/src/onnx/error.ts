/** A model that ONNX cannot express, or a file that is no ONNX model that Weft can run; the message says why. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}
