import { gzipSync } from 'node:zlib';
import type { RandomStream } from '@weft/core';
import { DataError, type IdxArray, type IdxType, readIdx, writeIdx } from '@weft/data';
import { between, happens, mutate, noise, pick } from '../mutate.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<IdxType, unknown>;

const FILE = 'images.idx';
const MEBIBYTE = 2 ** 20;
/** Uncompressed bytes that a file may have here. */
const MAXIMUM_BYTES = 64 * MEBIBYTE;

function anyArray(random: RandomStream): IdxArray {
  const type = pick(random, Object.keys(ARRAYS) as IdxType[]);
  const shape = Array.from({ length: between(random, 1, 4) }, () => between(random, 0, 6));
  const count = shape.reduce((product, length) => product * length, 1);
  const data = new ARRAYS[type](noise(random, count * ARRAYS[type].BYTES_PER_ELEMENT).buffer as ArrayBuffer);
  return { type, shape, data } as IdxArray;
}

/** A header with sizes of its own choice, over whatever content. */
function lyingFile(random: RandomStream): Uint8Array {
  const rank = pick(random, [0, 1, 2, 3, 4, 255]);
  const sizes = Array.from({ length: rank }, () =>
    pick(random, [0, 1, 2, 3, 255, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]),
  );
  const header = Buffer.from([0, 0, pick(random, [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x0a, 0xff]), rank]);
  const axes = Buffer.alloc(4 * rank);
  for (const [axis, size] of sizes.entries()) axes.writeUInt32BE(size, 4 * axis);
  return Buffer.concat([header, axes, noise(random, random.integer(64))]);
}

/** What was read. A NaN is one whatever its bits, and bytes may be held by a Buffer. */
const comparable = ({ type, shape, data }: IdxArray) => ({
  type,
  shape: [...shape],
  data: type.startsWith('float') ? [...data] : type === 'uint8' ? Uint8Array.from(data) : data,
});

function read(bytes: Uint8Array): unknown {
  const array = readIdx(bytes, { name: FILE, maximumBytes: MAXIMUM_BYTES });
  const count = array.shape.includes(0) ? 0 : array.shape.reduce((product, length) => product * length, 1);
  mustHold(count === array.data.length, `the shape [${array.shape}] does not hold ${array.data.length} elements`);
  return comparable(array);
}

const isLawful = (error: unknown) => error instanceof DataError && error.message.startsWith(FILE);

export const idx: Target = {
  name: 'idx',
  draw(random): Drawn {
    if (happens(random, 0.3)) return { bytes: lyingFile(random) };
    const array = anyArray(random);
    const bytes = writeIdx(array);
    return happens(random, 0.3) ? { bytes, expected: comparable(array) } : { bytes: mutate(bytes, random) };
  },
  read,
  isLawful,
};

/** A little that becomes much: zeros behind a header that promises them, fewer, or more. */
function bomb(random: RandomStream): Uint8Array {
  const zeros = pick(random, [1000, 2 ** 16, 2 ** 20, 2 ** 23]);
  const promised = pick(random, [1, zeros - 8, zeros, 2 ** 31, 2 ** 32 - 1]);
  const header = Buffer.from([0, 0, 8, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(promised, 4);
  return gzipSync(Buffer.concat([header, new Uint8Array(zeros)]), { level: 9 });
}

/** The same content under a header with a name, a comment and further fields, as gzip allows. */
function withGzipHeader(file: Uint8Array, random: RandomStream): Uint8Array {
  const name = Buffer.from(pick(random, ['a', '../../etc/passwd', 'n'.repeat(3000)]));
  return Buffer.concat([
    file.subarray(0, 3),
    Buffer.of(0x08),
    file.subarray(4, 10),
    name,
    Buffer.of(0),
    file.subarray(10),
  ]);
}

export const gzip: Target = {
  name: 'gzip',
  draw(random): Drawn {
    // Bombs are dear: a few of them say as much as many.
    if (happens(random, 0.02)) return { bytes: bomb(random) };
    if (happens(random, 0.1)) return { bytes: gzipSync(lyingFile(random)) };
    const array = anyArray(random);
    const file = writeIdx(array);
    const packed = gzipSync(file, { level: pick(random, [0, 1, 6, 9]) });
    const named = happens(random, 0.2) ? withGzipHeader(packed, random) : packed;
    if (happens(random, 0.25)) return { bytes: named, expected: comparable(array) };
    if (happens(random, 0.2)) return { bytes: gzipSync(mutate(file, random)) };
    if (happens(random, 0.1))
      return { bytes: Buffer.concat([named, happens(random, 0.5) ? packed : noise(random, 20)]) };
    return { bytes: mutate(named, random) };
  },
  read,
  isLawful,
  // Up to 8 kB are inflated to find the header, each byte of which may become 1,040; the content is what is promised.
  allowance: (bytes) => 10 * MEBIBYTE + (bytes.length > 1000 ? 2 * 1040 * bytes.length : 64 * bytes.length),
};
