/** A `.npy` or `.npz` file that is not read. The message is a sentence about the file, without its name. */
export class NpyError extends Error {
  override readonly name = 'NpyError';
}
