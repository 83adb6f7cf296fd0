import { readFileSync } from 'node:fs';
import { deflateSync, inflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import type { RandomStream } from '@weft/core';
import {
  cutTiles,
  decodeImage,
  encodePng,
  ImageError,
  imageHeader,
  joinTiles,
  type Picture,
  type PictureHeader,
  tileGrid,
} from '@weft/data';
import { between, happens, mutate, noise, pick } from '../mutate.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const MEBIBYTE = 2 ** 20;
/** Pixels that a picture may have here. */
const MAX_PIXELS = MEBIBYTE;

interface Case {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly depth: 8 | 16;
  readonly file: string;
  readonly pixels: number;
  readonly tolerance?: number;
}

/** Files of all kinds, drawn by code, and their pixels as other programs read them. */
const fixture = JSON.parse(
  readFileSync(new URL('../../../packages/data/test/fixtures/pictures.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[]; readonly refused: readonly Case[]; readonly arrays: readonly string[] };

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));

/** What must be read of a file; undefined where another decoder may round otherwise. */
function pixelsOf({ format, width, height, channels, depth, pixels, tolerance }: Case): unknown {
  if (tolerance !== undefined) return undefined;
  const bytes = Uint8Array.from(inflateSync(Buffer.from(fixture.arrays[pixels], 'base64')));
  const data = depth === 8 ? bytes : new Uint16Array(bytes.buffer);
  return { format, width, height, channels, depth, data };
}

/** Numbers that a size may have, or that an offset may point to. */
const NUMBERS = [0, 1, 2, 3, 7, 255, 256, 1000, 1024, 4096, 65535, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

type Change = (bytes: Uint8Array, random: RandomStream) => Uint8Array;

function chunk(type: string, content: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(zlibCrc32(body), body.length + 4);
  return framed;
}

function chunksOf(bytes: Uint8Array): { type: string; content: Uint8Array }[] {
  const view = Buffer.from(bytes);
  const chunks: { type: string; content: Uint8Array }[] = [];
  for (let at = 8; at < view.length; at += 12 + view.readUInt32BE(at)) {
    const content = bytes.slice(at + 8, at + 8 + view.readUInt32BE(at));
    chunks.push({ type: view.toString('latin1', at + 4, at + 8), content });
  }
  return chunks;
}

/** A little that becomes much, in the pixels or in what goes with them. */
const zeros = (random: RandomStream) => deflateSync(new Uint8Array(pick(random, [2 ** 12, 2 ** 18, 2 ** 23])));

/** Changes to chunks; checksums are right afterwards. */
const changePng: Change = (bytes, random) => {
  const chunks = chunksOf(bytes);
  const any = pick(random, chunks);
  const what = random.integer(7);
  if (what <= 1) any.content = mutate(any.content, random);
  else if (what === 2)
    Buffer.from(chunks[0].content.buffer).writeUInt32BE(pick(random, NUMBERS), 4 * random.integer(2));
  else if (what === 3) chunks[0].content[8 + random.integer(5)] = random.integer(17);
  else if (what === 4) chunks.splice(random.integer(chunks.length + 1), 0, { ...any });
  else if (what === 5) {
    const type = pick(random, ['iCCP', 'zTXt', 'tRNS', 'PLTE', 'acTL', 'eXIf', 'ABCD', 'abcd']);
    const content = happens(random, 0.3) ? Buffer.concat([Buffer.from('a\0\0'), zeros(random)]) : noise(random, 9);
    chunks.splice(1 + random.integer(chunks.length), 0, { type, content });
  } else {
    const data = chunks.filter(({ type }) => type === 'IDAT');
    const rows = inflateSync(Buffer.concat(data.map(({ content }) => content)));
    const changed = happens(random, 0.1) ? zeros(random) : deflateSync(mutate(rows, random));
    for (const each of data) each.content = each === data[0] ? changed : new Uint8Array(0);
  }
  return Buffer.concat([bytes.subarray(0, 8), ...chunks.map(({ type, content }) => chunk(type, content))]);
};

/** Changes to segments of a JPEG: sizes, sampling, scans that are there again and again. */
const changeJpeg: Change = (bytes, random) => {
  const file = Buffer.from(bytes);
  const markers: number[] = [];
  for (let at = file.indexOf(0xff); at >= 0 && at < file.length - 4; at = file.indexOf(0xff, at + 1)) {
    if (file[at + 1] > 1 && file[at + 1] < 0xff) markers.push(at);
  }
  const frame = markers.find((at) => [0xc0, 0xc1, 0xc2].includes(file[at + 1])) as number;
  const scan = markers.find((at) => file[at + 1] === 0xda) as number;
  const what = random.integer(6);
  if (what === 0) file.writeUInt16BE(pick(random, NUMBERS) & 0xffff, frame + 5 + 2 * random.integer(2));
  else if (what === 1) file[frame + 4 + random.integer(12)] = random.integer(256);
  else if (what === 2) file[pick(random, markers) + 1] = 0xc0 + random.integer(64);
  else if (what === 3) file.writeUInt16BE(pick(random, NUMBERS) & 0xffff, pick(random, markers) + 2);
  else if (what === 4) {
    const again = Array.from({ length: pick(random, [1, 5, 99, 200]) }, () => file.subarray(scan, -2));
    return Buffer.concat([file.subarray(0, -2), ...again, file.subarray(-2)]);
  } else return Buffer.concat([file.subarray(0, scan + 14), mutate(file.subarray(scan + 14), random)]);
  return file;
};

/** Changes to entries of a directory of a TIFF. */
const changeTiff: Change = (bytes, random) => {
  const file = Buffer.from(bytes);
  const little = file[0] === 0x49;
  const write16 = (value: number, at: number) =>
    little ? file.writeUInt16LE(value, at) : file.writeUInt16BE(value, at);
  const write32 = (value: number, at: number) =>
    little ? file.writeUInt32LE(value, at) : file.writeUInt32BE(value, at);
  const directory = little ? file.readUInt32LE(4) : file.readUInt32BE(4);
  const entries = little ? file.readUInt16LE(directory) : file.readUInt16BE(directory);
  const entry = directory + 2 + 12 * random.integer(entries);
  const what = random.integer(6);
  const tags = [
    254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339,
  ];
  if (what === 0) write16(pick(random, tags), entry);
  else if (what === 1) write16(random.integer(14), entry + 2);
  else if (what === 2) write32(pick(random, NUMBERS), entry + 4);
  else if (what <= 4) (happens(random, 0.5) ? write16 : write32)(pick(random, NUMBERS) & 0xffff, entry + 8);
  else write32(pick(random, [...NUMBERS, directory, 8]), happens(random, 0.5) ? 4 : directory + 2 + 12 * entries);
  return file;
};

function read(bytes: Uint8Array): unknown {
  const picture = decodeImage(bytes, { maxPixels: MAX_PIXELS });
  const { width, height, channels, depth, data } = picture;
  mustHold(data.length === width * height * channels, `${data.length} values of ${width} x ${height} x ${channels}`);
  mustHold(data.BYTES_PER_ELEMENT === depth / 8, `values of ${data.BYTES_PER_ELEMENT} bytes of ${depth} bits`);
  const { orientation, ...header } = imageHeader(bytes);
  for (const [name, value] of Object.entries(header)) {
    mustHold(picture[name as keyof typeof header] === value, `the header has another ${name}`);
  }
  mustHold(orientation >= 1 && orientation <= 8, `there is no orientation ${orientation}`);
  return picture;
}

const isLawful = (error: unknown) => error instanceof ImageError && /^[A-Z].*\.$/.test(error.message);

/** What docs/PICTURES.md promises under "Memory". */
function allowance(bytes: Uint8Array): number {
  let decoded = 0;
  try {
    const { width, height, channels, depth } = imageHeader(bytes);
    if (width * height <= MAX_PIXELS) decoded = (width * height * channels * depth) / 8;
  } catch {
    // Refused by its header: nothing of its size is made.
  }
  return 2 * bytes.length + 10 * decoded + 20 * MEBIBYTE;
}

function formatTarget(format: string, change: Change): Target {
  const cases = fixture.cases.filter((each) => each.format === format);
  return {
    name: format,
    draw(random): Drawn {
      const drawn = pick(random, cases);
      const bytes = bytesOf(drawn.file);
      if (happens(random, 0.25)) {
        const longer = happens(random, 0.3) ? Buffer.concat([bytes, noise(random, 20)]) : bytes;
        const expected = pixelsOf(drawn);
        return expected === undefined ? { bytes: longer } : { bytes: new Uint8Array(longer), expected };
      }
      if (happens(random, 0.4)) return { bytes: mutate(bytes, random) };
      const changed = change(bytes, random);
      return { bytes: Uint8Array.from(happens(random, 0.2) ? change(bytes, random) : changed) };
    },
    read,
    isLawful,
    allowance,
  };
}

export const png = formatTarget('png', changePng);
export const jpeg = formatTarget('jpeg', changeJpeg);
export const tiff = formatTarget('tiff', changeTiff);

const ALL = [...fixture.cases, ...fixture.refused];

/** Headers alone, of files of all formats, and of no format. */
export const header: Target = {
  name: 'image-header',
  draw(random): Drawn {
    if (happens(random, 0.1)) return { bytes: noise(random, between(random, 0, 64)) };
    const bytes = bytesOf(pick(random, ALL).file);
    if (happens(random, 0.2)) return { bytes };
    const changes = { png: changePng, jpeg: changeJpeg, tiff: changeTiff };
    const known = bytes[0] === 0x89 ? 'png' : bytes[0] === 0xff ? 'jpeg' : 'tiff';
    const whole = fixture.cases.filter(({ format }) => format === known);
    const changed = happens(random, 0.5)
      ? changes[known](bytesOf(pick(random, whole).file), random)
      : mutate(bytes, random);
    return { bytes: Uint8Array.from(changed) };
  },
  read(bytes) {
    const found: PictureHeader = imageHeader(bytes);
    mustHold(found.width >= 1 && found.height >= 1, 'a picture without pixels');
    return found;
  },
  isLawful,
  allowance: (bytes) => 64 * bytes.length + 8 * MEBIBYTE,
};

/** A picture, a tile and an overlap, as bytes that say them; what is none of these is refused. */
export const tiles: Target = {
  name: 'tiles',
  draw: (random) => ({ bytes: Uint8Array.from({ length: 6 }, () => random.integer(40)) }),
  read([width, height, size, overlap, kind, value]) {
    // Checked first, since what is cut must be a picture.
    tileGrid(width, height, size, overlap);
    const channels = ((kind % 4) + 1) as 1 | 2 | 3 | 4;
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => i * (value + 1));
    const picture: Picture = { width, height, channels, depth: 8, data };
    const cut = cutTiles(picture, size, overlap);
    mustHold(Buffer.compare(joinTiles(cut.data as Uint8Array, cut.grid, channels), data) === 0, 'another picture');
    return Uint8Array.from(decodeImage(encodePng(picture)).data).length;
  },
  isLawful: (error) => error instanceof RangeError && error.message.startsWith('tileGrid: the '),
  allowance: () => 256 * MEBIBYTE,
};
