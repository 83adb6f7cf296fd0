import type { BinPictures } from '../figures/bars-plot.js';

/** Red, green, blue and opacity of each pixel, row by row, as browsers hold them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

type Sizes = Pick<BinPictures, 'width' | 'height' | 'colours'>;

/**
 * One picture of a sheet.
 *
 * @param column of the image
 * @param row    of what was made of it
 * @returns `levels`: red, green and blue of each pixel as the sheet has them; `colours`: with opacity, as drawn
 */
export function picturePixels(sheet: Pixels, { width, height, colours }: Sizes, column: number, row: number) {
  const levels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((row * height + y) * sheet.width + column * width + x) * 4;
      for (let k = 0; k < 3; k++) levels[(y * width + x) * 3 + k] = sheet.data[from + k];
    }
  }
  return { levels, colours: colours === undefined ? opaque(levels) : mapped(every3(levels), colours) };
}

/**
 * The errors of pictures' pixels as colours: squared differences, means over red, green and blue, from dark at 0 to light at
 * the largest of all the pictures.
 */
export function errorPixels(
  targets: readonly Uint8Array[],
  made: readonly Uint8Array[],
  { errorColours }: Pick<BinPictures, 'errorColours'>,
): Uint8ClampedArray<ArrayBuffer>[] {
  const errors = targets.map((target, at) => {
    const squares = Float64Array.from(target, (level, index) => (level - made[at][index]) ** 2);
    return Float64Array.from({ length: squares.length / 3 }, (_, pixel) => {
      return squares[pixel * 3] + squares[pixel * 3 + 1] + squares[pixel * 3 + 2];
    });
  });
  const largest = errors.reduce((most, each) => each.reduce((a, b) => Math.max(a, b), most), 1);
  return errors.map((each) =>
    mapped(
      Uint8Array.from(each, (error) => Math.round((255 * error) / largest)),
      errorColours,
    ),
  );
}

/** Levels through a table of 256 colours, `rrggbb` each. */
function mapped(levels: Uint8Array, table: string): Uint8ClampedArray<ArrayBuffer> {
  const colours = Array.from({ length: 256 * 3 }, (_, at) => Number.parseInt(table.slice(at * 2, at * 2 + 2), 16));
  const pixels = new Uint8ClampedArray(levels.length * 4);
  levels.forEach((level, pixel) => {
    pixels.set([...colours.slice(level * 3, level * 3 + 3), 255], pixel * 4);
  });
  return pixels;
}

function opaque(levels: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray((levels.length / 3) * 4);
  for (let pixel = 0; pixel < levels.length / 3; pixel++) {
    pixels.set([levels[pixel * 3], levels[pixel * 3 + 1], levels[pixel * 3 + 2], 255], pixel * 4);
  }
  return pixels;
}

function every3(levels: Uint8Array): Uint8Array {
  return levels.filter((_, index) => index % 3 === 0);
}
