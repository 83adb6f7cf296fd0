import type { BaseModel } from '@weft/nn';

/**
 * All weights and moving averages of models as bytes: little-endian float32, in the order of their paths, one model after
 * another.
 *
 * @example
 * weightBytes([new Sequential([new Dense({ units: 3 })], { inputShape: [2] })]).length; // 36
 */
export function weightBytes(models: readonly BaseModel[]): Uint8Array<ArrayBuffer> {
  const weights = models.flatMap((model) => [...model.weights].sort((a, b) => (a.path < b.path ? -1 : 1)));
  const view = new DataView(new ArrayBuffer(4 * weights.reduce((total, { data }) => total + data.length, 0)));
  let at = 0;
  for (const { data } of weights) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return new Uint8Array(view.buffer);
}
