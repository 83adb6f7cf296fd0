import type { RandomStream } from '@weft/core';
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsContents,
  type SafetensorsDType,
  SafetensorsError,
  type SafetensorsTensor,
} from '@weft/formats';
import { between, HOSTILE_TEXTS, happens, mutate, noise, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const ARRAYS = { F64: Float64Array, F32: Float32Array, BF16: Uint16Array, I64: BigInt64Array, U8: Uint8Array } as const;

/** A name that a tensor may have, an evil one at times. */
const anyName = (random: RandomStream, index: number): string =>
  happens(random, 0.3) ? `${pick(random, HOSTILE_TEXTS)}${index}` : `layer_${index}/kernel`;

function anyTensor(random: RandomStream): SafetensorsTensor {
  const dtype = pick(random, Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]);
  const shape = Array.from({ length: random.integer(4) }, () => random.integer(4));
  const count = shape.reduce((product, length) => product * length, 1);
  const bytes = noise(random, count * ARRAYS[dtype].BYTES_PER_ELEMENT);
  return { dtype: dtype satisfies SafetensorsDType, shape, data: new ARRAYS[dtype](bytes.buffer as ArrayBuffer) };
}

function anyFile(random: RandomStream): Uint8Array {
  const tensors = Array.from({ length: random.integer(5) }, (_, index) => [anyName(random, index), anyTensor(random)]);
  const metadata = Array.from({ length: random.integer(3) }, (_, index) => [anyName(random, index), 'text']);
  return encodeSafetensors(new Map(tensors as [string, SafetensorsTensor][]), Object.fromEntries(metadata));
}

/** The header's text and the data behind it. */
function taken(file: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  const end = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { header: JSON.parse(new TextDecoder().decode(file.subarray(8, end))), data: file.subarray(end) };
}

/** A file of any text for a header, whose length may be a lie. */
function fileOf(header: string, data: Uint8Array, length?: bigint): Uint8Array {
  const text = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(text.length));
  return Buffer.concat([prefix, text, data]);
}

const LENGTHS: readonly bigint[] = [
  0n,
  1n,
  7n,
  99_999_999n,
  100_000_000n,
  2n ** 32n,
  2n ** 53n,
  2n ** 60n,
  2n ** 64n - 1n,
];

/** Tensors that claim the bytes of others, of nobody, or of a petabyte. */
function lyingOffsets(random: RandomStream, data: Uint8Array): Uint8Array {
  const entries = Array.from({ length: between(random, 1, 4) }, (_, index) => {
    const begin = pick(random, [0, 4, 8, data.length, 2 ** 52, 2 ** 60]);
    const size = pick(random, [0, 4, 8, data.length, 2 ** 40]);
    return [
      `t${index}`,
      { dtype: pick(random, ['F32', 'U8']), shape: [size / 4], data_offsets: [begin, begin + size] },
    ];
  });
  return fileOf(JSON.stringify(Object.fromEntries(entries)), data);
}

/** As plain values, in the order of the names. */
const comparable = ({ tensors, metadata }: SafetensorsContents) => ({
  metadata: Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
  tensors: [...tensors]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { dtype, shape, data }]) => ({
      name,
      dtype,
      shape: [...shape],
      bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    })),
});

/** A file's header with its structure broken in one of the ways in which it can be. */
export function damaged(file: Uint8Array, random: RandomStream): Uint8Array {
  const { header, data } = taken(file);
  switch (random.integer(6)) {
    case 0:
      return fileOf(JSON.stringify(header), data, pick(random, LENGTHS));
    case 1:
      return lyingOffsets(random, data);
    case 2: {
      const text = Buffer.from(JSON.stringify(header));
      text[random.integer(text.length)] = pick(random, [0x80, 0xc0, 0xff, 0x00]);
      return fileOf(text.toString('latin1'), data);
    }
    case 3:
      return mutate(file, random);
    default:
      return fileOf(mutateJson(header, random), data);
  }
}

export const safetensors: Target = {
  name: 'safetensors',
  draw(random): Drawn {
    const file = anyFile(random);
    return happens(random, 0.25)
      ? { bytes: file, expected: comparable(decodeSafetensors(file)) }
      : { bytes: damaged(file, random) };
  },
  read(bytes) {
    const contents = decodeSafetensors(bytes);
    for (const [name, { shape, data }] of contents.tensors) {
      const count = shape.reduce((product, length) => product * length, 1);
      mustHold(count === data.length, `${name}: the shape [${shape}] does not hold ${data.length} elements`);
    }
    const again = decodeSafetensors(encodeSafetensors(contents.tensors, contents.metadata));
    const read = comparable(contents);
    mustHold(JSON.stringify(comparable(again)) === JSON.stringify(read), 'what was read is not what is read again');
    return read;
  },
  // The bytes come without a name: whoever reads a file adds it.
  isLawful: (error) => error instanceof SafetensorsError && error.message.length < 2000,
};
