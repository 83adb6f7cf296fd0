/** A file that is not what the safetensors format says; the message names the fault. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}
