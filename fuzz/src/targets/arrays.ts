import type { RandomStream } from '@weft/core';
import {
  CsvError,
  decodeCsv,
  decodeNpy,
  decodeNpz,
  encodeCsv,
  encodeNpy,
  encodeNpz,
  type NpyArray,
  type NpyData,
  NpyError,
  type NpyOptions,
  type NpzEntry,
} from '@weft/formats/arrays';
import { between, HOSTILE_TEXTS, happens, mutate, noise, pick } from '../mutate.js';
import { mustHold, type Target } from '../target.js';

const ARRAYS = [Float32Array, Float64Array, Int8Array, Int32Array, BigInt64Array, Uint8Array, Uint16Array] as const;
/** A text that UTF-8 can write. */
const wellFormed = (text: string) => Buffer.from(text).toString();

const HALF = { dtype: 'float16' } as const;

function anyEntry(random: RandomStream): NpzEntry {
  const shape = Array.from({ length: random.integer(4) }, () => random.integer(5));
  const count = shape.reduce((product, length) => product * length, 1);
  const kind = pick(random, ARRAYS);
  const data = new kind(count) as NpyData;
  for (let at = 0; at < count; at++) data[at] = typeof data[at] === 'bigint' ? BigInt(at) : at % 100;
  const orders: NpyOptions = { byteOrder: pick(random, ['little', 'big']), order: pick(random, ['C', 'F']) };
  return { data, shape, ...orders, ...(kind === Float32Array && happens(random, 0.3) && HALF) };
}

const plain = ({ shape, data }: Pick<NpyArray, 'shape' | 'data'>) => ({
  shape: [...shape],
  data: [...data].map(String),
});

/** A header that says what it should not, before the values of a good file. */
function lyingHeader(random: RandomStream, file: Uint8Array): Uint8Array {
  const text = Buffer.from(file.subarray(10, 128)).toString('latin1');
  const sizes = pick(random, [
    '1e9',
    '99999999999',
    '-1',
    '1,'.repeat(70),
    '0, 4294967296',
    '9007199254740993',
    '2L, 3L',
  ]);
  const descr = pick(random, ['|O', '<U9', '<f16', '>c16', '=f4', '<M8[ns]', '|V8', '<b1']);
  const changed = happens(random, 0.5)
    ? text.replace(/\([^)]*\)/, `(${sizes})`)
    : text.replace(/'descr': '[^']*'/, `'descr': '${descr}'`);
  return Buffer.concat([
    file.subarray(0, 10),
    Buffer.from(changed.padEnd(118).slice(0, 118), 'latin1'),
    file.subarray(128),
  ]);
}

export const npy: Target = {
  name: 'npy',
  draw(random) {
    const { data, shape, ...options } = anyEntry(random);
    const file = encodeNpy(data, shape, options);
    if (happens(random, 0.25)) return { bytes: file, expected: plain({ shape, data }) };
    const kind = random.integer(3);
    return {
      bytes:
        kind === 0 ? noise(random, random.integer(300)) : kind === 1 ? lyingHeader(random, file) : mutate(file, random),
    };
  },
  read(bytes) {
    const array = decodeNpy(bytes);
    const count = array.shape.reduce((product, length) => product * length, array.dtype.startsWith('complex') ? 2 : 1);
    mustHold(count === array.data.length, `the shape [${array.shape}] does not hold ${array.data.length} numbers`);
    return plain(array);
  },
  isLawful: (error) => error instanceof NpyError && error.message.length < 2000,
};

export const npz: Target = {
  name: 'npz',
  draw(random) {
    const names = Array.from(
      { length: random.integer(4) },
      (_, at) => `${pick(random, HOSTILE_TEXTS).slice(0, 9)}${at}`,
    );
    const entries = names.map((name): [string, NpzEntry] => [wellFormed(name), anyEntry(random)]);
    const file = encodeNpz(Object.fromEntries(entries), { compress: happens(random, 0.5) });
    const expected = new Map(entries.map(([name, entry]) => [name, plain(entry)]));
    if (happens(random, 0.25)) return { bytes: file, expected };
    return { bytes: happens(random, 0.1) ? noise(random, random.integer(300)) : mutate(file, random) };
  },
  read: (bytes) => new Map([...decodeNpz(bytes)].map(([name, array]) => [name, plain(array)])),
  isLawful: (error) => error instanceof NpyError && error.message.length < 2000,
  // What is deflated may be a thousand times as long.
  allowance: (bytes) => 2500 * bytes.length + 4 * 2 ** 20,
};

export const csv: Target = {
  name: 'csv',
  draw(random) {
    const width = between(random, 1, 4);
    const cell = () => (happens(random, 0.5) ? wellFormed(pick(random, HOSTILE_TEXTS)) : String(random.uniform()));
    const rows = Array.from({ length: random.integer(6) }, () => Array.from({ length: width }, cell));
    const bytes = Buffer.from(encodeCsv(rows, pick(random, ['\n', '\r\n'])));
    if (happens(random, 0.25)) return { bytes, expected: rows };
    return { bytes: happens(random, 0.1) ? noise(random, random.integer(300)) : mutate(bytes, random) };
  },
  read(bytes) {
    const rows = decodeCsv(new TextDecoder().decode(bytes));
    mustHold(
      rows.every((row) => row.length === rows[0].length),
      'rows differ in length',
    );
    return rows;
  },
  isLawful: (error) => error instanceof CsvError && error.message.length < 2000,
};
