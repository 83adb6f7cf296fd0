import { requireFinite } from '../require-finite.js';
import { requireNumbers } from '../require-numbers.js';
import { requireKnownOptions } from '../require-options.js';
import { shown } from '../shown.js';

/** Size of the maps, and how far the curve is followed. */
export interface PerRegionOverlapOptions {
  /** Height of a map in pixels. */
  height: number;
  /** Width of a map in pixels. */
  width: number;
  /** Largest share of faultless pixels that may be called defects, above 0 up to 1. Default 0.3. */
  limit?: number;
}

const OPTIONS = { height: true, width: true, limit: true } as const;

/**
 * The area under the curve of per-region overlap: how much of each defect is found, where small defects count as much as
 * large ones.
 *
 * At a threshold, the overlap of a region is the share of its pixels with a score of at least the threshold. A region is a
 * set of masked pixels that touch at a side or a corner. The curve has the mean overlap of all regions over the share of
 * faultless pixels with such a score. Its area up to the limit is divided by the limit.
 *
 * @param scores score of each pixel, [count, height, width], larger for those that are rather defects
 * @param masks  1 for a pixel of a defect and 0 for others, same shape
 * @returns 1 if all pixels of defects have the higher scores; about limit / 2 where scores say nothing
 * @throws TypeError if one is no array of numbers; RangeError if there is an unknown option, shapes don't fit, a score is not
 * finite, a mask has another number, or there is no defect or no faultless pixel
 * @see Bergmann et al. (2020), Uninformed students: student-teacher anomaly detection with discriminative latent embeddings
 * @example
 * perRegionOverlap([0.9, 0.8, 0.1, 0.2], [1, 1, 0, 0], { height: 2, width: 2 }); // 1
 */
export function perRegionOverlap(
  scores: ArrayLike<number>,
  masks: ArrayLike<number>,
  options: PerRegionOverlapOptions,
): number {
  requireKnownOptions('perRegionOverlap', options, OPTIONS);
  const { height, width, limit = 0.3 } = options;
  const values = requireFinite('perRegionOverlap', scores, 'the scores');
  const mask = requireMasks(requireNumbers('perRegionOverlap', 'the masks', masks), values.length, height, width);
  if (!(limit > 0 && limit <= 1)) {
    throw new RangeError(`perRegionOverlap: the limit is ${shown(limit)}, expected a share above 0 up to 1.`);
  }
  const { regions, sizes } = connectedRegions(mask, height, width);
  const faultless = regions.reduce((count, region) => count + (region < 0 ? 1 : 0), 0);
  if (sizes.length === 0 || faultless === 0) {
    const missing = sizes.length === 0 ? 'no pixel of a defect' : 'no faultless pixel';
    throw new RangeError(`perRegionOverlap: the masks have ${missing}. Give maps that have both.`);
  }
  const order = Uint32Array.from({ length: values.length }, (_, index) => index);
  order.sort((left, right) => values[right] - values[left]);
  let [area, overlap, alarms, lastRate, lastOverlap] = [0, 0, 0, 0, 0];
  for (let place = 0; place < order.length; place++) {
    const region = regions[order[place]];
    if (region < 0) alarms++;
    else overlap += 1 / sizes[region] / sizes.length;
    if (place + 1 < order.length && values[order[place + 1]] === values[order[place]]) continue;
    const rate = alarms / faultless;
    const end = Math.min(rate, limit);
    // Where the limit lies between two points, the curve is a straight line up to it.
    const atEnd =
      rate === lastRate ? overlap : lastOverlap + ((overlap - lastOverlap) * (end - lastRate)) / (rate - lastRate);
    area += ((end - lastRate) * (lastOverlap + atEnd)) / 2;
    [lastRate, lastOverlap] = [rate, overlap];
    if (rate >= limit) break;
  }
  return area / limit;
}

function requireMasks(masks: ArrayLike<number>, length: number, height: number, width: number): ArrayLike<number> {
  const isSize = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (!isSize(height) || !isSize(width) || length % (height * width) !== 0 || masks.length !== length) {
    throw new RangeError(
      `perRegionOverlap: got ${length} scores and ${masks.length} pixels of masks for maps of ${shown(height)} x ${shown(width)}, expected a whole number of maps and as many of both.`,
    );
  }
  for (let index = 0; index < length; index++) {
    if (masks[index] === 0 || masks[index] === 1) continue;
    throw new RangeError(
      `perRegionOverlap: pixel ${index} of the masks is ${shown(masks[index])}, expected 1 for a defect or 0 for none.`,
    );
  }
  return masks;
}

/** The region of each pixel, from 0, or -1 for none; and the number of pixels in each region. */
function connectedRegions(mask: ArrayLike<number>, height: number, width: number) {
  const regions = new Int32Array(mask.length).fill(-1);
  const sizes: number[] = [];
  const waiting: number[] = [];
  for (let first = 0; first < mask.length; first++) {
    if (mask[first] !== 1 || regions[first] >= 0) continue;
    const region = sizes.push(0) - 1;
    regions[first] = region;
    waiting.push(first);
    for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
      sizes[region]++;
      for (const other of neighbours(pixel, height, width)) {
        if (mask[other] !== 1 || regions[other] >= 0) continue;
        regions[other] = region;
        waiting.push(other);
      }
    }
  }
  return { regions, sizes };
}

/** The up to eight pixels of the same map around one. */
function neighbours(pixel: number, height: number, width: number): number[] {
  const map = Math.floor(pixel / (height * width)) * height * width;
  const [row, column] = [Math.floor((pixel - map) / width), (pixel - map) % width];
  const found: number[] = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) {
      if (y !== row || x !== column) found.push(map + y * width + x);
    }
  }
  return found;
}
