import type { Codecs } from '../codecs.js';
import { ImageError } from '../errors.js';
import type { PictureHeader } from '../picture.js';

/** Bytes that every PNG begins with. */
export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Numbers that PNG gives to kinds of colour. */
export const COLOUR = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const;

/** Stored values of a pixel, and the depths that PNG allows, by kind of colour. */
const COLOURS: Readonly<Record<number, { readonly samples: 1 | 2 | 3 | 4; readonly depths: readonly number[] }>> = {
  [COLOUR.grey]: { samples: 1, depths: [1, 2, 4, 8, 16] },
  [COLOUR.rgb]: { samples: 3, depths: [8, 16] },
  [COLOUR.palette]: { samples: 1, depths: [1, 2, 4, 8] },
  [COLOUR.greyAlpha]: { samples: 2, depths: [8, 16] },
  [COLOUR.rgba]: { samples: 4, depths: [8, 16] },
};

/** What the chunks of a PNG say that matters for its pixels. */
export interface PngChunks {
  readonly header: PictureHeader;
  /** Bits of a stored value. */
  readonly bits: number;
  /** Stored values of a pixel. */
  readonly samples: 1 | 2 | 3 | 4;
  readonly colour: number;
  readonly interlaced: boolean;
  /** RGB, three bytes a colour. */
  readonly palette: Uint8Array | undefined;
  /** Alpha of the first colours of the palette, or the value of which pixels are transparent, 16 bits a sample. */
  readonly transparency: Uint8Array | undefined;
  /** The compressed data: contents of the IDAT chunks, in order. Their checksums are checked by `checkData`. */
  readonly compressed: readonly Uint8Array[];
  /** @throws ImageError if a checksum of the compressed data is wrong */
  checkData(): void;
}

const damaged = (what: string) => new ImageError('damaged', `This PNG is damaged: ${what}.`);
const truncated = (what: string) => new ImageError('truncated', `This PNG ends early: ${what}.`);

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
  /** @throws ImageError if its checksum is wrong */
  check(): void;
}

/** Chunks in order. Others than these are skipped, with whatever they would inflate to. */
const USED = ['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'acTL'];

function* chunksOf(bytes: Uint8Array, { crc32 }: Pick<Codecs, 'crc32'>): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_SIGNATURE.length; ; ) {
    if (at + 12 > bytes.length) throw truncated('there is no IEND chunk');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw damaged('something else stands where a chunk begins');
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw truncated(`its ${type} chunk is cut short`);
    if (USED.includes(type)) {
      const [begin, stated] = [at + 4, view.getUint32(end)];
      const check = () => {
        if (crc32(bytes, begin, end) !== stated) throw damaged(`the checksum of its ${type} chunk is wrong`);
      };
      // Those of the pixels take long, and are left for when they are decoded.
      if (type !== 'IDAT') check();
      yield { type, content: bytes.subarray(at + 8, end), check };
    } else if (type[0] === type[0].toUpperCase()) throw damaged(`its chunk ${type} is of no known type`);
    at = end + 4;
  }
}

function readHeader({ type, content }: Chunk) {
  if (type !== 'IHDR' || content.length !== 13) throw damaged('it does not begin with a header');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [bits, colour, compression, filter, interlace] = content.subarray(8);
  if (!COLOURS[colour]?.depths.includes(bits)) throw damaged(`there is no colour type ${colour} of ${bits} bits`);
  if (compression !== 0 || filter !== 0 || interlace > 1) throw damaged('its header names an unknown method');
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  return { width, height, bits, colour, samples: COLOURS[colour].samples, interlaced: interlace === 1 };
}

/** Checks a palette or transparency against the header. */
function checkColours(colour: number, palette: Uint8Array | undefined, transparency: Uint8Array | undefined): void {
  if (palette && (palette.length % 3 !== 0 || palette.length === 0 || palette.length > 768)) {
    throw damaged(`its palette is ${palette.length} bytes long`);
  }
  if (colour === COLOUR.palette && !palette) throw damaged('it has no palette');
  if (!transparency) return;
  const most = { [COLOUR.grey]: 2, [COLOUR.rgb]: 6, [COLOUR.palette]: (palette?.length ?? 0) / 3 }[colour] as number;
  const isRight = colour === COLOUR.palette ? transparency.length <= most : transparency.length === most;
  if (!isRight) throw damaged(`its transparency is ${transparency.length} bytes long`);
}

/**
 * Reads the chunks of a PNG that matter for its pixels. Nothing is inflated.
 *
 * @throws ImageError
 * @see Portable Network Graphics (PNG) Specification (Third Edition), W3C
 */
export function readPngChunks(bytes: Uint8Array, codecs: Pick<Codecs, 'crc32'>): PngChunks {
  const chunks = chunksOf(bytes, codecs);
  const head = readHeader(chunks.next().value as Chunk);
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const data: Chunk[] = [];
  for (const chunk of chunks) {
    const { type, content } = chunk;
    if (type === 'IEND') break;
    if (type === 'IHDR') throw damaged('it has two headers');
    else if (type === 'IDAT') data.push(chunk);
    else if (type === 'acTL') refuseFrames(content);
    else if (data.length > 0) continue;
    else if (type === 'PLTE') palette = content;
    // With alpha of each pixel, another transparency means nothing.
    else if (head.samples % 2 === 1) transparency = content;
  }
  const { width, height, bits, samples, colour, interlaced } = head;
  checkColours(colour, palette, transparency);
  const shown = colour === COLOUR.palette ? 3 : samples;
  const channels = (transparency ? shown + 1 : shown) as 1 | 2 | 3 | 4;
  const depth = bits === 16 ? 16 : 8;
  const header = { format: 'png', width, height, channels, depth, orientation: 1 } as const;
  const compressed = data.map(({ content }) => content);
  const checkData = () => {
    for (const chunk of data) chunk.check();
  };
  return { header, bits, samples, colour, interlaced, palette, transparency, compressed, checkData };
}

/** An animation of one frame is a picture. */
function refuseFrames(content: Uint8Array): void {
  const frames = content.length < 4 ? 0 : new DataView(content.buffer, content.byteOffset).getUint32(0);
  if (frames > 1)
    throw new ImageError('animated', `This PNG is animated: it has ${frames} frames, expected one picture.`);
}
