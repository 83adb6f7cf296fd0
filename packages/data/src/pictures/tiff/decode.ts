import { unpackBits } from '../bits.js';
import type { Codecs } from '../codecs.js';
import { ImageError } from '../errors.js';
import { inflateTo } from '../inflate.js';
import { upright } from '../orientation.js';
import { type DecodedPicture, valuesOf } from '../picture.js';
import { decompressLzw, LZW_MOST_INFLATION } from './lzw.js';
import { decompressPackBits, PACK_BITS_MOST_INFLATION } from './pack-bits.js';
import { COMPRESSION, PHOTOMETRIC, type Segment, type Tiff } from './read.js';

type Inflating = Pick<Codecs, 'inflate'>;
type Values = Uint8Array | Uint16Array;

const early = () => new ImageError('truncated', 'This TIFF ends early: a strip or tile has too few pixels.');

/**
 * Decodes the pixels of a TIFF and turns them upright.
 *
 * @throws ImageError if they are damaged or too few
 */
export function decodeTiff(tiff: Tiff, codecs: Inflating): DecodedPicture {
  const { width, height, header } = tiff;
  const { channels, depth, orientation } = header;
  const data = coloured(tiff, readSegments(tiff, codecs));
  return upright({ format: 'tiff', width, height, channels, depth, data }, orientation);
}

/** Stored values: row, column, sample. */
function readSegments(tiff: Tiff, codecs: Inflating): Values {
  const { width, height, samples, planar, segmentWidth, segmentHeight, tiled, segments } = tiff;
  const values = valuesOf(tiff.header.depth, width * height * samples);
  const across = Math.ceil(width / segmentWidth);
  const plane = across * Math.ceil(height / segmentHeight);
  const together = planar ? 1 : samples;
  for (const [index, segment] of segments.entries()) {
    const left = (index % across) * segmentWidth;
    const top = Math.floor((index % plane) / across) * segmentHeight;
    // Tiles are whole, also where they stick out of the picture; the last strip is not.
    const rows = tiled ? segmentHeight : Math.min(segmentHeight, height - top);
    const rowLength = segmentWidth * together;
    const read = valuesOfSegment(tiff, codecs, segment, rows, rowLength);
    const columns = Math.min(segmentWidth, width - left);
    const sample = Math.floor(index / plane);
    for (let row = 0; row < Math.min(rows, height - top); row++) {
      const from = read.subarray(row * rowLength, row * rowLength + columns * together);
      const to = ((top + row) * width + left) * samples;
      if (!planar) values.set(from, to);
      else for (let column = 0; column < columns; column++) values[to + column * samples + sample] = from[column];
    }
  }
  return values;
}

function valuesOfSegment(tiff: Tiff, codecs: Inflating, segment: Segment, rows: number, rowLength: number): Values {
  const { bits, file, differences } = tiff;
  const together = rowLength / tiff.segmentWidth;
  const length = rows * Math.ceil((rowLength * bits) / 8);
  const compressed = file.bytes.subarray(segment.offset, segment.offset + segment.byteCount);
  const bytes = decompress(tiff, codecs, compressed, length);
  const values = bits < 8 ? unpackBits(bytes, rowLength, bits) : bits === 8 ? bytes : words(bytes, file.littleEndian);
  if (differences) {
    for (let row = 0; row < rows; row++) {
      const begin = row * rowLength;
      // Arrays keep the lowest bits, which is what the predictor wants.
      for (let at = begin + together; at < begin + rowLength; at++) values[at] += values[at - together];
    }
  }
  return values;
}

function words(bytes: Uint8Array, littleEndian: boolean): Uint16Array {
  const values = new Uint16Array(bytes.length >> 1);
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  for (let i = 0; i < values.length; i++) values[i] = bytes[2 * i + low] | (bytes[2 * i + high] << 8);
  return values;
}

/** Exactly `length` bytes, of their own: they may be changed. */
function decompress({ compression }: Tiff, codecs: Inflating, bytes: Uint8Array, length: number): Uint8Array {
  if (compression === COMPRESSION.none) {
    if (bytes.length < length) throw early();
    return bytes.slice(0, length);
  }
  if (compression === COMPRESSION.lzw) {
    if (bytes.length * LZW_MOST_INFLATION < length) throw early();
    const to = new Uint8Array(length);
    let written: number;
    try {
      written = decompressLzw(bytes, to);
    } catch (cause) {
      throw new ImageError('damaged', 'This TIFF is damaged: its LZW data do not decompress.', { cause });
    }
    if (written < length) throw early();
    return to;
  }
  if (compression === COMPRESSION.packBits) {
    if (bytes.length * PACK_BITS_MOST_INFLATION < length) throw early();
    const to = new Uint8Array(length);
    if (decompressPackBits(bytes, to) < length) throw early();
    return to;
  }
  return inflateTo([bytes], length, codecs, 'TIFF');
}

/** Channels of stored values: palettes resolved, black at zero, 8 bits at least. */
function coloured(tiff: Tiff, stored: Values): Values {
  const { bits, samples, photometric, header } = tiff;
  if (photometric === PHOTOMETRIC.palette) return withAlpha(tiff, fromPalette(tiff, stored as Uint8Array), stored);
  const largest = 2 ** bits - 1;
  const scale = bits < 8 ? 255 / largest : 1;
  const inverted = photometric === PHOTOMETRIC.whiteIsZero;
  const { channels } = header;
  const colours = photometric === PHOTOMETRIC.rgb ? 3 : 1;
  if (channels === samples && scale === 1 && !inverted && tiff.extra !== 'premultiplied') return stored;
  const data = valuesOf(header.depth, (stored.length / samples) * channels);
  for (let from = 0, to = 0; from < stored.length; from += samples, to += channels) {
    for (let colour = 0; colour < colours; colour++) {
      const value = stored[from + colour];
      data[to + colour] = (inverted ? largest - value : value) * scale;
    }
  }
  return withAlpha(tiff, data, stored);
}

function fromPalette({ bits, samples, header, colorMap }: Tiff, stored: Uint8Array): Uint8Array {
  const map = colorMap as readonly number[];
  const size = 2 ** bits;
  // The map has 16 bits; old writers put 8 there.
  const shift = map.some((value) => value > 255) ? 8 : 0;
  const { channels } = header;
  const data = new Uint8Array((stored.length / samples) * channels);
  for (let from = 0, to = 0; from < stored.length; from += samples, to += channels) {
    for (let colour = 0; colour < 3; colour++) data[to + colour] = map[colour * size + stored[from]] >> shift;
  }
  return data;
}

/** Fills in alpha, and takes it out of colours that it is multiplied into. */
function withAlpha({ extra, bits, samples, header }: Tiff, data: Values, stored: Values): Values {
  if (extra !== 'alpha' && extra !== 'premultiplied') return data;
  const { channels, depth } = header;
  const scale = bits < 8 ? 255 / (2 ** bits - 1) : 1;
  const opaque = depth === 8 ? 255 : 65535;
  for (let from = samples - 1, to = 0; from < stored.length; from += samples, to += channels) {
    const alpha = stored[from] * scale;
    data[to + channels - 1] = alpha;
    if (extra !== 'premultiplied' || alpha === 0) continue;
    for (let colour = 0; colour < channels - 1; colour++) {
      data[to + colour] = Math.min(opaque, Math.floor((data[to + colour] * opaque) / alpha + 0.5));
    }
  }
  return data;
}
