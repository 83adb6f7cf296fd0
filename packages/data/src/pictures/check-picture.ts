import type { Picture } from './picture.js';

/**
 * @throws TypeError if the data are not of the picture's depth; RangeError if the sizes do not make a picture or are not
 *   those of the data
 */
export function checkPicture(call: string, { width, height, channels, depth, data }: Picture): void {
  const isSize = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (!isSize(width) || !isSize(height)) {
    throw new RangeError(`${call}: the picture is ${width} x ${height}, expected at least one pixel.`);
  }
  if (![1, 2, 3, 4].includes(channels)) throw new RangeError(`${call}: got ${channels} channels, expected 1 to 4.`);
  if (depth !== 8 && depth !== 16) throw new RangeError(`${call}: the depth is ${depth}, expected 8 or 16.`);
  const expected = depth === 8 ? 'Uint8Array' : 'Uint16Array';
  if (Object.prototype.toString.call(data) !== `[object ${expected}]`) {
    throw new TypeError(`${call}: the data are no ${expected}, which a picture of ${depth} bits has.`);
  }
  if (data.length === width * height * channels) return;
  throw new RangeError(
    `${call}: got ${data.length} values, expected height x width x channels, ` +
      `${height} x ${width} x ${channels} = ${height * width * channels}.`,
  );
}
