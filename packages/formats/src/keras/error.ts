/** A file of Keras that is not read, or a model that Keras has no layers for. */
export class KerasError extends Error {
  override readonly name = 'KerasError';
}
