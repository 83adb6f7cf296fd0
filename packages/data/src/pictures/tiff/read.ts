import { ImageError } from '../errors.js';
import { isTransposed } from '../orientation.js';
import type { PictureHeader } from '../picture.js';
import { type Directory, readDirectory, readTiffHead, type TiffBytes } from './directory.js';

const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planar: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

/** Kinds of colour (PhotometricInterpretation) that are read. */
export const PHOTOMETRIC = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3 } as const;
const OTHER_COLOURS: Readonly<Record<number, string>> = {
  4: 'a mask',
  5: 'CMYK',
  6: 'YCbCr',
  8: 'CIELab',
  9: 'ICCLab',
};

/** Compressions that are read. */
export const COMPRESSION = { none: 1, lzw: 5, deflate: 8, oldDeflate: 32946, packBits: 32773 } as const;
const OTHER_COMPRESSIONS: Readonly<Record<number, string>> = {
  2: 'CCITT Huffman',
  3: 'CCITT Group 3',
  4: 'CCITT Group 4',
  6: 'old JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};

/** What stands for the sample that comes behind the colours. */
export type Extra = 'none' | 'dropped' | 'premultiplied' | 'alpha';

/** A part of the picture that is compressed by itself: a strip or a tile. */
export interface Segment {
  readonly offset: number;
  readonly byteCount: number;
}

/** What a TIFF says of its picture. */
export interface Tiff {
  readonly file: TiffBytes;
  readonly header: PictureHeader;
  /** Columns and rows as they are stored. */
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  /** Stored values of a pixel. */
  readonly samples: number;
  readonly extra: Extra;
  readonly photometric: number;
  readonly compression: number;
  /** Whether each sample has segments of its own. */
  readonly planar: boolean;
  /** Whether values are differences from their left neighbours. */
  readonly differences: boolean;
  /** Columns and rows of a segment. */
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  readonly tiled: boolean;
  readonly segments: readonly Segment[];
  /** 3 x 2^bits values: all of red, of green, of blue. */
  readonly colorMap: readonly number[] | undefined;
}

const damaged = (what: string) => new ImageError('damaged', `This TIFF is damaged: ${what}.`);
const refused = (code: 'coding' | 'colour' | 'depth', what: string, advice: string) =>
  new ImageError(code, `This TIFF ${what} not read: ${advice}.`);

/** Directories that are looked at: smaller copies of the picture are passed over. */
const MOST_DIRECTORIES = 64;
/** Pixels that a tile may have even where it sticks out of the picture. */
const TILE_PIXELS = 2 ** 20;
/** Sides of tiles are multiples of this. */
const TILE_UNIT = 16;

/** The directory of the only page. Smaller copies and masks are no pages. */
function onlyPage(file: TiffBytes): Directory {
  const seen = new Set<number>();
  let page: Directory | undefined;
  for (let at = file.first; at !== 0; ) {
    if (seen.has(at)) throw damaged('its directories go round in a circle');
    if (seen.size === MOST_DIRECTORIES) throw damaged('it has more directories than any file needs');
    seen.add(at);
    const directory = readDirectory(file, at);
    const [kind = 0] = directory.numbers(TAG.subfileType) ?? [];
    if ((kind & 5) === 0) {
      if (page) throw new ImageError('pages', 'This TIFF has several pages, expected one: save each as a file.');
      page = directory;
    }
    at = directory.next;
  }
  if (!page) throw damaged('it has no page');
  return page;
}

/**
 * Reads what a TIFF says of its only picture. No pixel is decompressed.
 *
 * @throws ImageError
 * @see TIFF Revision 6.0, Adobe, 1992
 */
export function readTiff(bytes: Uint8Array): Tiff {
  const file = readTiffHead(bytes);
  const page = onlyPage(file);
  const value = (tag: number, otherwise: number) => page.numbers(tag)?.[0] ?? otherwise;
  const [width, height] = [value(TAG.width, 0), value(TAG.height, 0)];
  const samples = value(TAG.samples, 1);
  const photometric = value(TAG.photometric, -1);
  const compression = value(TAG.compression, 1);
  const bits = bitsOf(page, photometric);
  checkCoding(page, compression, photometric, value(TAG.fillOrder, 1));
  const colours = photometric === PHOTOMETRIC.rgb ? 3 : 1;
  const extra = extraOf(page, samples - colours);
  const colorMap = photometric === PHOTOMETRIC.palette ? page.numbers(TAG.colorMap) : undefined;
  if (photometric === PHOTOMETRIC.palette && colorMap?.length !== 3 * 2 ** bits)
    throw damaged('its palette is incomplete');
  const planar = value(TAG.planar, 1) === 2 && samples > 1;
  const shown = photometric === PHOTOMETRIC.palette ? 3 : colours;
  const channels = (extra === 'alpha' || extra === 'premultiplied' ? shown + 1 : shown) as 1 | 2 | 3 | 4;
  const stated = value(TAG.orientation, 1);
  const orientation = stated >= 1 && stated <= 8 ? stated : 1;
  const turned = isTransposed(orientation);
  const sides = turned ? { width: height, height: width } : { width, height };
  const header = { format: 'tiff', ...sides, channels, depth: bits === 16 ? 16 : 8, orientation } as const;
  const differences = differencesOf(value(TAG.predictor, 1), compression, bits);
  const coded = { width, height, bits, samples, planar, compression };
  const layout = layoutOf(file, page, coded);
  return { file, header, ...coded, extra, photometric, differences, ...layout, colorMap };
}

function bitsOf(page: Directory, photometric: number): number {
  const format = page.numbers(TAG.sampleFormat) ?? [1];
  if (format.includes(3)) throw refused('depth', 'has floating-point values, which are', 'save it with 8 or 16 bits');
  if (format.includes(2))
    throw refused('depth', 'has signed values, which are', 'save it with 8 or 16 bits without a sign');
  const all = page.numbers(TAG.bits) ?? [1];
  const [bits] = all;
  const allowed = { [PHOTOMETRIC.rgb]: [8, 16], [PHOTOMETRIC.palette]: [1, 2, 4, 8] }[photometric] ?? [1, 2, 4, 8, 16];
  if (allowed.includes(bits) && all.every((each) => each === bits)) return bits;
  throw refused(
    'depth',
    `has ${[...new Set(all.slice(0, 8))].join(' and ')} bits a value, which are`,
    'save it with 8 or 16 bits',
  );
}

function checkCoding(page: Directory, compression: number, photometric: number, fillOrder: number): void {
  if (photometric === -1 && page.numbers(TAG.width) === undefined) throw damaged('it holds no picture');
  if (!(Object.values(COMPRESSION) as number[]).includes(compression)) {
    const name = OTHER_COMPRESSIONS[compression] ?? `number ${compression}`;
    throw refused(
      'coding',
      `is compressed by ${name}, which is`,
      'save it with LZW, Deflate, PackBits or without compression',
    );
  }
  if (!(Object.values(PHOTOMETRIC) as number[]).includes(photometric)) {
    const name = OTHER_COLOURS[photometric] ?? `of colours of number ${photometric}`;
    throw refused('colour', `is ${name}, which is`, 'save it as grey or RGB');
  }
  if (fillOrder !== 1) throw refused('coding', 'has its bits in reverse order, which is', 'save it in the usual order');
}

function extraOf(page: Directory, count: number): Extra {
  if (count === 0) return 'none';
  if (count < 0) throw damaged('it has fewer values a pixel than colours');
  if (count > 1)
    throw refused('colour', `has ${count} values a pixel besides its colours, which are`, 'save it as grey or RGB');
  const [kind] = page.numbers(TAG.extraSamples) ?? [0];
  return ({ 1: 'premultiplied', 2: 'alpha' } as const)[kind] ?? 'dropped';
}

function differencesOf(predictor: number, compression: number, bits: number): boolean {
  // As libtiff does: a predictor belongs to these compressions.
  if (predictor === 1 || compression === COMPRESSION.none || compression === COMPRESSION.packBits) return false;
  if (predictor === 2 && bits >= 8) return true;
  throw refused(
    'coding',
    `has predictor ${predictor} with ${bits} bits a value, which is`,
    'save it without a predictor',
  );
}

type Coded = Pick<Tiff, 'width' | 'height' | 'bits' | 'samples' | 'planar' | 'compression'>;

function layoutOf({ bytes }: TiffBytes, page: Directory, coded: Coded) {
  const { width, height, planar, samples } = coded;
  const tiled = page.numbers(TAG.tileWidth) !== undefined;
  const [rowsPerStrip = height] = page.numbers(TAG.rowsPerStrip) ?? [];
  const segmentWidth = tiled ? (page.numbers(TAG.tileWidth)?.[0] ?? 0) : width;
  const segmentHeight = tiled ? (page.numbers(TAG.tileHeight)?.[0] ?? 0) : Math.min(rowsPerStrip, height);
  if (width === 0 || height === 0) return { tiled, segmentWidth, segmentHeight, segments: [] };
  if (segmentWidth === 0 || segmentHeight === 0) throw damaged('its strips or tiles have no pixels');
  const roundedUp = (side: number) => Math.ceil(side / TILE_UNIT) * TILE_UNIT;
  const mostPixels = Math.max(TILE_PIXELS, roundedUp(width) * roundedUp(height));
  if (tiled && segmentWidth * segmentHeight > mostPixels) throw damaged('its tiles are larger than any file needs');
  const count = Math.ceil(width / segmentWidth) * Math.ceil(height / segmentHeight) * (planar ? samples : 1);
  const offsets = page.numbers(tiled ? TAG.tileOffsets : TAG.stripOffsets) ?? [];
  const byteCounts = page.numbers(tiled ? TAG.tileByteCounts : TAG.stripByteCounts) ?? guessed(coded, offsets.length);
  if (offsets.length < count || byteCounts.length < count)
    throw damaged(`it has too few strips or tiles, expected ${count}`);
  const segments = offsets.slice(0, count).map((offset, index) => ({ offset, byteCount: byteCounts[index] }));
  if (segments.some(({ offset, byteCount }) => offset + byteCount > bytes.length)) {
    throw new ImageError('truncated', 'This TIFF ends early: a strip or tile lies behind its end.');
  }
  // Otherwise a small file could have the same bytes read a million times.
  const total = segments.reduce((sum, { byteCount }) => sum + byteCount, 0);
  if (total > bytes.length) throw damaged('its strips or tiles lie over one another');
  return { tiled, segmentWidth, segmentHeight, segments };
}

/** Byte counts of an uncompressed picture in one strip, which old writers leave out. */
function guessed({ width, height, bits, samples, compression }: Coded, strips: number): number[] {
  if (compression !== COMPRESSION.none || strips !== 1) return [];
  return [Math.ceil((width * samples * bits) / 8) * height];
}
