/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { tensor } from '../../src/tensor/create.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';

/** Values of a golden file. */
export interface Golden {
  readonly values: Float32Array;
  readonly shape: Shape;
}

const fixture = (name: string) => new URL(`../fixtures/${name}`, import.meta.url);

/** A fixture that is JSON. */
export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(fixture(name), 'utf8')) as T;
}

/** The float32 tensors of a fixture: eight bytes of header length, a header in JSON, data. */
export function readSafetensors(name: string): Map<string, Golden> {
  const bytes = readFileSync(fixture(name));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([key]) => key !== '__metadata__');
  return new Map(
    entries.map(
      ([
        key,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const copy = Uint8Array.from(bytes.subarray(start + from, start + to));
        return [key, { values: new Float32Array(copy.buffer), shape }];
      },
    ),
  );
}

/** A golden value as a leaf. */
export function leafOf({ values, shape }: Golden): Tensor {
  return tensor(values, shape);
}
