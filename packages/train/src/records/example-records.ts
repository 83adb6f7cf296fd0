import type { Shape } from '@weft/core';
import type { ExampleValues, NamedExamples, Table } from '../data.js';
import { shown } from '../options/shown.js';

/**
 * Examples that are read when they are needed, so that they may be more than memory holds. Any example can be read at
 * any time. So order, draws, the validation split and all bits are those of the same numbers in an array.
 *
 * @example
 * const pictures: ExampleRecords = {
 *   count: 100,
 *   shape: [8, 8, 1],
 *   scale: 1 / 255,
 *   read(indices, into) {
 *     // From a file, for instance.
 *     for (const [at, index] of indices.entries()) into.fill(index, at * 64, (at + 1) * 64);
 *   },
 * };
 * const layers = [new Conv2D({ filters: 1, kernelSize: 3, padding: 'same' })];
 * const autoencoder = new Sequential(layers, { inputShape: [8, 8, 1] });
 * await fit(autoencoder, { x: pictures }, { epochs: 1, threads: 1 });
 */
export interface ExampleRecords {
  /** How many examples there are. */
  readonly count: number;
  /** Shape of one example. Default: that of the model's input or output. */
  readonly shape?: Shape;
  /** What each number is multiplied by. Default 1; bytes need it. */
  readonly scale?: number;
  /** What `read` writes: bytes, floats or whole numbers. Default `uint8`. */
  readonly dtype?: 'uint8' | 'float32' | 'int32';
  /** SHA-256 of the contents: checkpoints know the data by it, and need it. */
  readonly sha256?: string;
  /**
   * Writes examples one after another, each row-major. A call may come before the one before it has ended.
   *
   * @param indices numbers of the examples, from 0; a number may come twice
   * @param into    room for them, which is of `dtype`
   */
  read(indices: Uint32Array, into: ExampleValues): void | Promise<void>;
}

/** Whether something is records, and not an array of examples. */
export function isRecords(given: unknown): given is ExampleRecords {
  return typeof given === 'object' && given !== null && typeof (given as { read?: unknown }).read === 'function';
}

/** Whether there are records among the arrays of some data. */
export function areRecords(data: unknown): boolean {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  const { x, y } = data as { readonly x?: unknown; readonly y?: unknown };
  return [x, y].some((given) => isRecords(given) || (isPlain(given) && Object.values(given).some(isRecords)));
}

const isPlain = (given: unknown): given is object =>
  typeof given === 'object' && given !== null && !ArrayBuffer.isView(given) && !Array.isArray(given);

/** Whether examples have to be read. */
export function hasRecords({ inputs, targets }: NamedExamples): boolean {
  return [...Object.values(inputs), ...Object.values(targets)].some(({ records }) => records !== undefined);
}

/** @throws RangeError or TypeError if they are not such records */
export function checkRecords(label: string, { count, dtype, scale, sha256 }: ExampleRecords): void {
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= 0xffffffff)) {
    throw new RangeError(`${label}: the count of records is ${shown(count)}; expected a whole number from 1.`);
  }
  if (dtype !== undefined && !['uint8', 'float32', 'int32'].includes(dtype)) {
    throw new RangeError(`${label}: the dtype of records is ${shown(dtype)}; expected 'uint8', 'float32' or 'int32'.`);
  }
  if (sha256 !== undefined && typeof sha256 !== 'string') {
    throw new TypeError(`${label}: the sha256 of records is ${shown(sha256)}; expected a string.`);
  }
  if ((dtype ?? 'uint8') === 'uint8' && scale === undefined) {
    throw new TypeError(`${label}: records of bytes have no scale. Give scale: 1 / 255 for the bytes of pictures.`);
  }
  if (dtype === 'int32' && scale !== undefined && scale !== 1) {
    throw new RangeError(`${label}: records of int32 have the scale ${scale}. Give records of float32 instead.`);
  }
}

const KINDS = { uint8: Uint8Array, float32: Float32Array, int32: Int32Array };

/** What stands for the values of records: they are known by it. */
const placeholders = new WeakMap<ExampleRecords, ExampleValues>();

/** Records as a table without values. */
export function recordTable(label: string, records: ExampleRecords, shape: Shape): Table {
  const { dtype = 'uint8', scale = 1 } = records;
  const values = placeholders.get(records) ?? new KINDS[dtype](0);
  placeholders.set(records, values);
  return { label, values, dtype, scale, shape, records };
}
