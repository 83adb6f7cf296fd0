import type { Program } from '@weft/core/program';
import { type Block, SLICE_BYTES } from '@weft/train/runtime';
import {
  choice,
  type Field,
  flag,
  integer,
  list,
  optional,
  record,
  sha256,
  text,
  type ValueOf,
} from '../wire/fields.js';
import { JobError } from './job.js';

/** Bytes of an address space of 32 bits, and the most of anything that is counted in a job. */
const ADDRESSES = 2 ** 32;
const MANY = 2 ** 20;

const bytes = integer(0, ADDRESSES);
const count = integer(0, MANY);
const numbers = list(count, { most: MANY });

const range = record({ address: bytes, bytes });
export const ranges = list(range, { most: MANY });
export const constants = list(record({ address: bytes, bytes, sha256: sha256() }), { most: MANY });
export const session = text(200);
export const top = bytes;

const block: Field<Block> = record({
  address: bytes,
  perExample: optional(bytes),
  perExampleOfEpoch: optional(bytes),
  perLeaf: optional(bytes),
  perSlice: optional(bytes),
  perStep: optional(bytes),
});

/** Any data: what it may be, operations say. */
const anything: Field<Readonly<Record<string, unknown>>> = {
  shape: { type: 'record', fields: {} },
  write: (value) => value,
  read(json, path) {
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
    throw new JobError(`${path}: expected attributes by their names.`);
  },
};

const program: Field<Program> = record({
  values: list(record({ shape: list(bytes, { most: 64 }), dtype: choice('float32', 'int32', 'uint8', 'uint32') }), {
    most: MANY,
  }),
  inputs: numbers,
  operations: list(record({ name: text(64), inputs: numbers, outputs: numbers, attributes: anything }), { most: MANY }),
  outputs: numbers,
});

// Blocks that move alike share a segment, which begins where the first of them does: others may lie before it.
const places = list(record({ segment: integer(1, 1000), offset: integer(-ADDRESSES, ADDRESSES) }), { most: MANY });

export const jobProgram = record({
  program,
  inputs: places,
  outputs: places,
  invariant: numbers,
  options: record({ convolution: optional(text(64)), isLowered: optional(flag()) }),
});

const launch = record({ program: count, blocks: list(block, { most: 1000 }) });

/** Something for each of some sizes. */
function bySize<Value>(of: Field<Value>): Field<Readonly<Record<number, Value>>> {
  const read = (json: unknown, path: string) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      throw new JobError(`${path}: expected a record.`);
    const entries = Object.entries(json).map(([size, value]): [number, Value] => {
      if (!/^[1-9]\d{0,9}$/.test(size)) throw new JobError(`${path}: ${size.slice(0, 20)} is no number of examples.`);
      return [Number(size), of.read(value, `${path}.${size}`)];
    });
    return Object.fromEntries(entries);
  };
  return { shape: { type: 'record', fields: {} }, read, write: (value) => value };
}

const microBatch = record({ begin: integer(0, ADDRESSES), count: integer(1, ADDRESSES) });

const parts = record({
  leaves: bytes,
  bytes,
  groups: list(record({ combine: choice('sum', 'max'), offset: bytes, slices: integer(1, ADDRESSES / SLICE_BYTES) }), {
    least: 1,
    most: 2,
  }),
  reduced: bytes,
});

const STAGES = {
  micro: record({
    kind: choice('micro'),
    leaves: list(list(microBatch, { least: 1, most: MANY }), { least: 1, most: MANY }),
    parts: optional(parts),
    first: bySize(launch),
    next: bySize(launch),
  }),
  slices: record({
    kind: choice('slices'),
    parts: list(record({ launch, count: integer(1, ADDRESSES / 4) }), { most: MANY }),
  }),
  whole: record({ kind: choice('whole'), launch }),
  finish: record({
    kind: choice('finish'),
    renewals: list(record({ from: block, to: block, bytes }), { most: MANY }),
    logs: list(record({ from: bytes, to: bytes }), { most: MANY }),
    endsStep: flag(),
  }),
} as const;

type ReadStage = { [Kind in keyof typeof STAGES]: ValueOf<(typeof STAGES)[Kind]> }[keyof typeof STAGES];

const stage: Field<ReadStage> = {
  shape: { type: 'record', fields: {} },
  write: (value) => value,
  read(json, path) {
    const { kind } = (json ?? {}) as { readonly kind?: unknown };
    if (typeof kind !== 'string' || !Object.hasOwn(STAGES, kind)) throw new JobError(`${path}: it is no stage.`);
    return STAGES[kind as keyof typeof STAGES].read(json, path);
  },
};

export const works = list(bySize(list(stage, { least: 1, most: MANY })), { least: 1, most: 16 });
