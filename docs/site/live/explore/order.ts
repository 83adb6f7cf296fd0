/** How a list of images is sorted. */
export type Order = 'largest' | 'smallest' | 'index';

/** Indices of the images that are shown, in an order; equal errors stand in the order of the images. */
export function ordered(errors: Float32Array, isShown: Uint8Array, order: Order): Uint32Array {
  const indices = Uint32Array.from(errors.keys()).filter((index) => isShown[index] === 1);
  if (order === 'index') return indices;
  const sign = order === 'largest' ? -1 : 1;
  return indices.sort((a, b) => sign * (errors[a] - errors[b]) || a - b);
}

/**
 * From which error on an image is an outlier: the third quartile and one and a half times the distance of the quartiles.
 *
 * @see Tukey (1977), Exploratory Data Analysis
 */
export function outlierFence(errors: Float32Array): number {
  const sorted = errors.slice().sort();
  const quartile = (part: number) => {
    const at = part * (sorted.length - 1);
    const below = Math.floor(at);
    const above = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (at - below) * (above - sorted[below]);
  };
  const [first, third] = [quartile(0.25), quartile(0.75)];
  return third + 1.5 * (third - first);
}
