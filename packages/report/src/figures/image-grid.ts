import { sideways } from './axes.js';
import { type ColourKey, colourKey } from './colour-key.js';
import { COLOUR_MAPS, colourMapOf, imageColours, isMapped } from './colour-map.js';
import type { DatasetInfo, Images } from './figure.js';
import { pictureUri } from './picture.js';
import { element, label, type Markup, shortened, textWidth } from './svg.js';
import { FIGURE_WIDTH, INK, SMALL_TEXT_SIZE } from './theme.js';

/** A stack of images of one size, [n, height, width, channels]. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface ImageRow {
  /** Written up the left side, or above the row if that is too short; leave it out for none. */
  readonly title?: string;
  readonly images: Images;
  /** A text below each image; too long ones are cut. */
  readonly captions?: readonly string[];
  /** Columns whose images have a frame. */
  readonly framed?: readonly number[];
  /** Channels of these images, if not those of the others. */
  readonly channels?: number;
  /** Red, green and blue bytes of an image, if it is not drawn as intensities. */
  readonly colours?: (image: Images) => Uint8Array;
  /** Drawn over an image, whose left upper corner is given, with the pixels of the figure for one of the image. */
  readonly overlay?: (column: number, x: number, y: number, scale: number) => Markup;
}

export interface ImageGrid {
  readonly body: Markup[];
  readonly height: number;
}

const LEFT = 24;
const TITLE_WIDTH = 34;
const TITLE_HEIGHT = 24;
const GAP = 8;
const ROW_GAP = 14;
const CAPTION_HEIGHT = 26;
const KEY_HEIGHT = 46;

/**
 * Rows of images, column by column, with a key to the colours below.
 *
 * @param columns number of images in a full row; what a row holds beyond it is not drawn
 * @param key     to the colours, or undefined for none
 */
export function imageGrid(
  rows: readonly ImageRow[],
  columns: number,
  shape: ImageShape,
  key: ColourKey | undefined,
): ImageGrid {
  const titled = rows.some((row) => row.title !== undefined);
  const beside = titled && titlesFitBeside(rows, columns, shape);
  const start = LEFT + (beside ? TITLE_WIDTH : 0);
  const room = FIGURE_WIDTH - LEFT - start;
  const scale = imageScale(shape, (room + GAP) / columns - GAP);
  const [width, height] = [shape.width * scale, shape.height * scale];
  // From margin to margin.
  const pitch = columns === 1 ? room : (room - width) / (columns - 1);
  const body: Markup[] = [];
  let top = 4;
  for (const row of rows) {
    if (row.title !== undefined && beside) {
      body.push(sideways(LEFT + 13, top + height / 2, row.title, SMALL_TEXT_SIZE));
    } else if (row.title !== undefined) {
      const text = shortened(row.title, FIGURE_WIDTH - 2 * LEFT, SMALL_TEXT_SIZE);
      body.push(label(LEFT, top + 14, text, { 'font-size': SMALL_TEXT_SIZE }));
      top += TITLE_HEIGHT;
    }
    body.push(...rowMarkup(row, { columns, shape, scale, start, pitch, top }));
    top += height + (row.captions ? GAP + CAPTION_HEIGHT : ROW_GAP);
  }
  if (key) body.push(colourKey(top + 14, FIGURE_WIDTH - LEFT, key));
  return { body, height: top + (key ? KEY_HEIGHT : 12) };
}

interface Place {
  readonly columns: number;
  readonly shape: ImageShape;
  readonly scale: number;
  readonly start: number;
  readonly pitch: number;
  readonly top: number;
}

function rowMarkup(row: ImageRow, { columns, shape, scale, start, pitch, top }: Place): Markup[] {
  const channels = row.channels ?? shape.channels;
  const size = shape.height * shape.width * channels;
  const [width, height] = [shape.width * scale, shape.height * scale];
  const filled = Math.min(columns, imageCount('an image row', row.images, { ...shape, channels }));
  return Array.from({ length: filled }, (_, column) => {
    const x = start + column * pitch;
    const pixels = row.images.subarray(column * size, (column + 1) * size);
    const colours = row.colours?.(pixels) ?? imageColours(pixels, channels, { width: shape.width });
    const href = pictureUri(colours, shape.height, shape.width, scale * 2);
    const caption = row.captions?.[column];
    return [
      element('image', { x, y: top, width, height, href }),
      ...(row.overlay ? [row.overlay(column, x, top, scale)] : []),
      ...(row.framed?.includes(column) ? [frame(x, top, width, height)] : []),
      ...(caption === undefined
        ? []
        : [label(x + width / 2, top + height + 19, shortened(caption, pitch, SMALL_TEXT_SIZE), CAPTION)]),
    ];
  }).flat();
}

const CAPTION = { 'text-anchor': 'middle', 'font-size': SMALL_TEXT_SIZE } as const;

/** Rows that draw intensities as a data set of theirs is drawn, and the key to it, if a colour map is used. */
export function inColoursOf(dataset: DatasetInfo, rows: readonly ImageRow[]): [ImageRow[], ColourKey | undefined] {
  const map = colourMapOf(dataset);
  const { width, channels } = dataset;
  const colours = (image: Images) => imageColours(image, channels, { map, width });
  const key = { title: 'Pixel intensity', low: '0', high: '1', table: COLOUR_MAPS[map] };
  return [rows.map((row) => ({ ...row, colours })), isMapped(channels) ? key : undefined];
}

/** The number of whole images in a stack. Throws a RangeError if its length is not a multiple of one image's. */
export function imageCount(name: string, images: Images, { height, width, channels }: ImageShape): number {
  const count = images.length / (height * width * channels);
  if (Number.isInteger(count)) return count;
  throw new RangeError(
    `${name} holds ${images.length} values, expected a multiple of ${height} x ${width} x ${channels}. Images are height, width, channels.`,
  );
}

/** Whether each title is shorter than its row is high. */
function titlesFitBeside(rows: readonly ImageRow[], columns: number, shape: ImageShape): boolean {
  const room = FIGURE_WIDTH - 2 * LEFT - TITLE_WIDTH;
  const height = shape.height * imageScale(shape, (room + GAP) / columns - GAP);
  return rows.every(({ title = '', captions }) => {
    return textWidth(title, SMALL_TEXT_SIZE) <= height + (captions ? GAP + CAPTION_HEIGHT : ROW_GAP);
  });
}

/** Pixels of the figure for a pixel of the image: halves, so that a pixel is whole in the figure at 2x. */
function imageScale({ height, width }: ImageShape, room: number): number {
  const largest = Math.min(room / width, (room * 1.5) / height);
  return largest >= 0.5 ? Math.floor(largest * 2) / 2 : largest;
}

function frame(x: number, y: number, width: number, height: number): Markup {
  const box = { x: x - 3, y: y - 3, width: width + 6, height: height + 6 };
  return element('rect', { ...box, fill: 'none', stroke: INK, 'stroke-width': 2 });
}
