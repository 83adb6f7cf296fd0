import { decode } from 'fast-png';
import { unpackBits } from '../bits.js';
import type { Codecs } from '../codecs.js';
import { ImageError } from '../errors.js';
import { inflateTo } from '../inflate.js';
import { type DecodedPicture, valuesOf } from '../picture.js';
import { COLOUR, type PngChunks } from './chunks.js';
import { storedPng } from './stored.js';

/** A part of the pixels that is filtered by itself: every `stepX`th column from `x`, every `stepY`th row from `y`. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];

/** Interlacing, as the specification's section 8 has it. */
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/** Columns, rows and bytes of each pass that has pixels. */
function layout({ header, bits, samples, interlaced }: PngChunks) {
  return (interlaced ? ADAM7 : WHOLE)
    .map((pass) => {
      const width = Math.ceil((header.width - pass.x) / pass.stepX);
      const height = Math.ceil((header.height - pass.y) / pass.stepY);
      return { ...pass, width, height, length: height * (1 + Math.ceil((width * bits * samples) / 8)) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
}

/**
 * Decodes the pixels of a PNG. The library is given inflated rows and their header, and never the file: so it has
 * nothing to inflate, and no other chunk to read.
 *
 * @throws ImageError if they are damaged or too few
 */
export function decodePng(chunks: PngChunks, codecs: Pick<Codecs, 'inflate'>): DecodedPicture {
  const { header, bits, samples, colour } = chunks;
  chunks.checkData();
  const passes = layout(chunks);
  const total = passes.reduce((sum, { length }) => sum + length, 0);
  const rows = inflateTo(chunks.compressed, total, codecs, 'PNG');
  let stored: Uint8Array | Uint16Array | undefined;
  let at = 0;
  for (const pass of passes) {
    const filtered = rows.subarray(at, at + pass.length);
    at += pass.length;
    const unpacked = unfilter(storedPng(pass.width, pass.height, [bits, colour], filtered), pass.width * samples, bits);
    if (passes.length === 1 && pass.stepX === 1) stored = unpacked;
    else {
      stored ??= valuesOf(header.depth, header.width * header.height * samples);
      scatter(unpacked, pass, stored, header.width, samples);
    }
  }
  return pictureOf(chunks, stored as Uint8Array | Uint16Array);
}

/** Stored values, one an element. */
function unfilter(png: Uint8Array, rowLength: number, bits: number): Uint8Array | Uint16Array {
  let data: Uint8Array | Uint16Array;
  try {
    ({ data } = decode(png) as { data: Uint8Array | Uint16Array });
  } catch (cause) {
    throw new ImageError('damaged', 'This PNG is damaged: a row has a filter that does not exist.', { cause });
  }
  return bits < 8 ? unpackBits(data as Uint8Array, rowLength, bits) : data;
}

function scatter(
  from: Uint8Array | Uint16Array,
  pass: Pass & { readonly width: number; readonly height: number },
  to: Uint8Array | Uint16Array,
  width: number,
  samples: number,
): void {
  let read = 0;
  for (let row = 0; row < pass.height; row++) {
    const begin = (pass.y + row * pass.stepY) * width + pass.x;
    for (let column = 0; column < pass.width; column++) {
      const write = (begin + column * pass.stepX) * samples;
      for (let sample = 0; sample < samples; sample++) to[write + sample] = from[read++];
    }
  }
}

/** Resolves the palette, makes transparency alpha, and brings 1, 2 and 4 bits to 8. */
function pictureOf(chunks: PngChunks, stored: Uint8Array | Uint16Array): DecodedPicture {
  const { header, bits, colour, transparency } = chunks;
  const { format, width, height, channels, depth } = header;
  const picture = (data: Uint8Array | Uint16Array) => ({ format, width, height, channels, depth, data });
  if (colour === COLOUR.palette) return picture(coloured(chunks, stored as Uint8Array));
  const scale = bits < 8 ? 255 / ((1 << bits) - 1) : 1;
  if (!transparency) {
    if (scale !== 1) for (let i = 0; i < stored.length; i++) stored[i] *= scale;
    return picture(stored);
  }
  return picture(withTransparentValue(stored, transparency, channels - 1, scale, depth));
}

function coloured({ palette, transparency, header }: PngChunks, indices: Uint8Array): Uint8Array {
  const colours = palette as Uint8Array;
  const { channels } = header;
  const data = new Uint8Array(indices.length * channels);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (index * 3 >= colours.length) {
      const have = colours.length / 3;
      throw new ImageError('damaged', `This PNG is damaged: a pixel has colour ${index} of a palette of ${have}.`);
    }
    for (let channel = 0; channel < 3; channel++) data[i * channels + channel] = colours[3 * index + channel];
    if (transparency) data[i * channels + 3] = transparency[index] ?? 255;
  }
  return data;
}

/** Adds alpha: none where all values of a pixel are those of tRNS, full elsewhere. */
function withTransparentValue(
  stored: Uint8Array | Uint16Array,
  transparency: Uint8Array,
  samples: number,
  scale: number,
  depth: 8 | 16,
): Uint8Array | Uint16Array {
  const key = Array.from(
    { length: samples },
    (_, sample) => transparency[2 * sample] * 256 + transparency[2 * sample + 1],
  );
  const pixels = stored.length / samples;
  const data = valuesOf(depth, pixels * (samples + 1));
  const opaque = depth === 8 ? 255 : 65535;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let isKey = true;
    for (let sample = 0; sample < samples; sample++) {
      const value = stored[pixel * samples + sample];
      isKey &&= value === key[sample];
      data[pixel * (samples + 1) + sample] = value * scale;
    }
    data[pixel * (samples + 1) + samples] = isKey ? 0 : opaque;
  }
  return data;
}
