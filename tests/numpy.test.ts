import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeCsv, decodeNpz, encodeCsv, encodeNpz, type NpzEntry } from '../packages/formats/src/arrays.js';
import { findPython, runPython } from './support/python.js';

/** Loads the arrays of a file, says what they are, and saves them again in the other orders. */
const AGAIN = `
import json, sys
import numpy as np
with np.load(sys.argv[1]) as file:
    arrays = {name: file[name] for name in file.files}
print(json.dumps({name: [str(each.dtype.newbyteorder("=")), each.shape, each.astype(str).ravel().tolist()] for name, each in arrays.items()}))
np.savez_compressed(sys.argv[2], **{name: np.asfortranarray(each.astype(each.dtype.newbyteorder("S"))) for name, each in arrays.items()})
`;

const TABLE = `
import csv, sys
rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
csv.writer(open(sys.argv[2], "w", newline="", encoding="utf-8")).writerows(rows)
`;

const count = (from: number) => Array.from({ length: 6 }, (_, at) => at + from);
const arrays: Readonly<Record<string, NpzEntry>> = {
  int8: { data: Int8Array.from(count(-3)), shape: [2, 3] },
  int16: { data: Int16Array.from(count(-300)), shape: [6] },
  int32: { data: Int32Array.from(count(-70000)), shape: [1, 6] },
  int64: { data: BigInt64Array.from(count(-3), (value) => BigInt(value) * 2n ** 60n), shape: [3, 2] },
  uint8: { data: Uint8Array.from(count(250)), shape: [2, 3], order: 'F' },
  uint16: { data: Uint16Array.from(count(65000)), shape: [2, 3], byteOrder: 'big' },
  uint32: { data: Uint32Array.from(count(4e9)), shape: [2, 3], byteOrder: 'big', order: 'F' },
  uint64: { data: BigUint64Array.from(count(0), (value) => BigInt(value) * 2n ** 61n), shape: [6] },
  float32: { data: Float32Array.from(count(0), (value) => value / 8), shape: [2, 1, 3] },
  float64: { data: Float64Array.from(count(0), (value) => value / 7), shape: [2, 1, 3], order: 'F' },
};

const python = findPython('numpy');
const folder = mkdtempSync(join(tmpdir(), 'weft-numpy-'));
const place = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf('missing' in python)(`with NumPy${'missing' in python ? `: ${python.missing}` : ''}`, () => {
  const run = (script: string, ...names: string[]) => runPython(python as { path: string }, script, names.map(place));

  it('arrays go to NumPy and come back in other orders', () => {
    writeFileSync(place('a.npz'), encodeNpz(arrays, { compress: true }));
    const seen = JSON.parse(run(AGAIN, 'a.npz', 'b.npz'));
    const back = decodeNpz(readFileSync(place('b.npz')));
    for (const [name, { data, shape }] of Object.entries(arrays)) {
      const [dtype, seenShape, values] = seen[name];
      expect([dtype, seenShape]).toEqual([name, shape]);
      expect(values.map(Number)).toEqual([...data].map(Number));
      expect(back.get(name)).toEqual({ dtype: name, shape, data });
    }
  });

  it('tables go to Python and come back', () => {
    const rows = [
      ['name', 'a "quoted" word', 'number'],
      ['a, b', 'two\nlines', '0.1'],
      ['', 'é', '-1e-7'],
    ];
    for (const newline of ['\n', '\r\n'] as const) {
      writeFileSync(place('a.csv'), encodeCsv(rows, newline));
      run(TABLE, 'a.csv', 'b.csv');
      expect(decodeCsv(readFileSync(place('b.csv'), 'utf8'))).toEqual(rows);
    }
  });
});
