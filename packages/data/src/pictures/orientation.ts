import { type Picture, valuesOf } from './picture.js';

/** Whether an orientation exchanges width and height. */
export const isTransposed = (orientation: number): boolean => orientation >= 5;

/**
 * Turns and mirrors a picture from the way that it is stored to the way that it is looked at.
 *
 * @param orientation 1 to 8, as in EXIF and TIFF 6.0, "Orientation"
 * @returns the picture itself for orientation 1
 */
export function upright<Some extends Picture>(picture: Some, orientation: number): Some {
  if (orientation === 1) return picture;
  const { width: columns, height: rows, channels, depth, data } = picture;
  const transposed = isTransposed(orientation);
  const [width, height] = transposed ? [rows, columns] : [columns, rows];
  // Which corner of what is stored comes first, and which way the first row runs from there.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const along = (fromRight ? -1 : 1) * channels;
  const across = (fromBottom ? -1 : 1) * columns * channels;
  const first = (fromRight ? (columns - 1) * channels : 0) + (fromBottom ? (rows - 1) * columns * channels : 0);
  const [stepX, stepY] = transposed ? [across, along] : [along, across];
  const turned = valuesOf(depth, data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = first + y * stepY;
    for (let x = 0; x < width; x++, from += stepX) {
      for (let channel = 0; channel < channels; channel++) turned[to++] = data[from + channel];
    }
  }
  return { ...picture, width, height, data: turned };
}
