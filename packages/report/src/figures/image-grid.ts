import { encode } from 'fast-png';
import { sideways } from './axes.js';
import { imageColours, MAGMA } from './colour-map.js';
import type { DatasetInfo, Images } from './figure.js';
import { element, group, label, type Markup, textWidth } from './svg.js';
import { FIGURE_WIDTH, MUTED_INK, SMALL_TEXT_SIZE } from './theme.js';

export interface ImageRow {
  /** Written up the left side; leave it out for none. */
  readonly title?: string;
  readonly images: Images;
  /** A text below each image; too long ones are cut. */
  readonly captions?: readonly string[];
}

export interface ImageGrid {
  readonly body: Markup[];
  readonly height: number;
}

const LEFT = 24;
const TITLE_WIDTH = 34;
const GAP = 8;
const ROW_GAP = 14;
const CAPTION_HEIGHT = 26;
const KEY_HEIGHT = 46;

/**
 * Rows of images, column by column, with a key to the colours below.
 *
 * @param columns number of images in a full row; what a row holds beyond it is not drawn
 */
export function imageGrid(rows: readonly ImageRow[], columns: number, dataset: DatasetInfo): ImageGrid {
  const start = LEFT + (rows.some((row) => row.title !== undefined) ? TITLE_WIDTH : 0);
  const room = FIGURE_WIDTH - LEFT - start;
  const scale = imageScale(dataset, (room + GAP) / columns - GAP);
  const width = dataset.width * scale;
  const height = dataset.height * scale;
  // From margin to margin.
  const pitch = columns === 1 ? room : (room - width) / (columns - 1);
  const body: Markup[] = [];
  let top = 4;
  for (const row of rows) {
    if (row.title !== undefined) body.push(sideways(LEFT + 13, top + height / 2, row.title, SMALL_TEXT_SIZE));
    const filled = Math.min(columns, imageCount('an image row', row.images, dataset));
    for (let column = 0; column < filled; column++) {
      const x = start + column * pitch;
      const pixels = imageAt(row.images, column, dataset);
      body.push(element('image', { x, y: top, width, height, href: dataUri(pixels, dataset, scale * 2) }));
      const caption = row.captions?.[column];
      if (caption === undefined) continue;
      const attributes = { 'text-anchor': 'middle', 'font-size': SMALL_TEXT_SIZE };
      body.push(label(x + width / 2, top + height + 19, shortened(caption, pitch), attributes));
    }
    top += height + (row.captions ? GAP + CAPTION_HEIGHT : ROW_GAP);
  }
  if (dataset.channels !== 3) body.push(colourKey(top + 14));
  return { body, height: top + (dataset.channels === 3 ? 12 : KEY_HEIGHT) };
}

/** The number of whole images in a stack. Throws a RangeError if its length is not a multiple of one image's. */
export function imageCount(name: string, images: Images, { height, width, channels }: DatasetInfo): number {
  const count = images.length / (height * width * channels);
  if (Number.isInteger(count)) return count;
  throw new RangeError(
    `drawFigures: ${name} holds ${images.length} values, expected a multiple of ${height} x ${width} x ${channels}. Images are height, width, channels.`,
  );
}

function imageAt(images: Images, index: number, { height, width, channels }: DatasetInfo): Images {
  const size = height * width * channels;
  return images.subarray(index * size, (index + 1) * size);
}

/** Text cut to a width in pixels, with an ellipsis where it was cut. */
export function shortened(text: string, width: number): string {
  if (textWidth(text, SMALL_TEXT_SIZE) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, SMALL_TEXT_SIZE) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Pixels of the figure for a pixel of the image: halves, so that a pixel is whole in the figure at 2x. */
function imageScale({ height, width }: DatasetInfo, room: number): number {
  const largest = Math.min(room / width, (room * 1.5) / height);
  return largest >= 0.5 ? Math.floor(largest * 2) / 2 : largest;
}

/** An image as PNG, each pixel a square of whole pixels, because renderers differ in how they enlarge. */
function dataUri(pixels: Images, { height, width, channels }: DatasetInfo, magnification: number): string {
  const factor = Math.max(1, Math.floor(magnification));
  const colours = imageColours(pixels, channels);
  const data = new Uint8Array(height * width * 3 * factor * factor);
  const rowLength = width * factor * 3;
  for (let y = 0; y < height; y++) {
    const from = y * factor * rowLength;
    for (let x = 0; x < width * factor; x++) {
      const source = (y * width + Math.floor(x / factor)) * 3;
      data.set(colours.subarray(source, source + 3), from + x * 3);
    }
    for (let copy = 1; copy < factor; copy++) data.copyWithin(from + copy * rowLength, from, from + rowLength);
  }
  return pngUri(data, width * factor, height * factor);
}

function pngUri(data: Uint8Array, width: number, height: number): string {
  const png = encode({ data, width, height, depth: 8, channels: 3 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function colourKey(y: number): Markup {
  const width = 220;
  const right = FIGURE_WIDTH - LEFT - 16;
  const title = 'Pixel intensity';
  return group({ fill: MUTED_INK, 'font-size': SMALL_TEXT_SIZE }, [
    label(right - width - 26, y + 12, title, { 'text-anchor': 'end' }),
    label(right - width - 8, y + 12, '0', { 'text-anchor': 'end' }),
    element('image', {
      x: right - width,
      y,
      width,
      height: 14,
      preserveAspectRatio: 'none',
      href: pngUri(MAGMA, MAGMA.length / 3, 1),
    }),
    label(right + 8, y + 12, '1'),
  ]);
}
