import type { TypedArray } from '@weft/core';
import type { Program } from '@weft/core/program';
import type { BaseModel, Optimizer } from '@weft/nn';
import { NUMERICS_VERSION } from '../numerics-version.js';

/** Everything that decides the bits of a training besides its state: a text for each name. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What a fingerprint is taken of. */
export interface FingerprintSource {
  readonly model: BaseModel;
  /** What `describedArray` says of arrays of examples and of those that losses and layers have captured, by their labels. */
  readonly arrays: ReadonlyMap<string, string>;
  /** Forward, losses, corruption and gradients as they were traced, and what optimisers do with them. */
  readonly updates: readonly {
    readonly program: Program;
    readonly optimizer: Optimizer;
    /** What the optimiser does to each weight. */
    readonly rules: readonly Program[];
  }[];
  /** Options that decide the bits, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Classes of the callbacks that keep state. */
  readonly callbacks: readonly string[];
}

/** The name of what optimisers do to each weight. */
const RULES = 'update rules';

/** The fingerprint of a training. */
export function fingerprint(source: FingerprintSource, hash: (bytes: Uint8Array) => string): Fingerprint {
  const { model, arrays, updates, options, callbacks } = source;
  const { name: _name, layers, ...others } = model.config() as { name: string; layers: readonly object[] };
  const textHash = (value: unknown) => hash(new TextEncoder().encode(text(value)));
  const fields: Record<string, unknown> = {
    numericsVersion: NUMERICS_VERSION,
    ...others,
    layers: layers.length,
    ...Object.fromEntries(layers.map((layer, index) => [`layer ${index}`, layer])),
    ...options,
    callbacks,
    ...Object.fromEntries(arrays),
    ...Object.fromEntries(
      updates.flatMap(({ program, optimizer, rules }, index) => [
        [updates.length === 1 ? 'optimizer' : `optimizer ${index}`, { name: optimizer.name, ...optimizer.config() }],
        // Groups of weights may be told apart by functions; what comes of it is in the rules.
        [updates.length === 1 ? RULES : `${RULES} ${index}`, textHash(rules)],
        // Losses and corruption are functions; what they do is in the program.
        [updates.length === 1 ? 'traced program' : `traced program ${index}`, textHash(program)],
      ]),
    ),
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value)]));
}

/** A part of a fingerprint that is not what it should be. */
export interface Difference {
  readonly name: string;
  /** What the checkpoint says. */
  readonly expected: string;
  /** What the training has that is to resume from it. */
  readonly got: string;
}

/** The parts in which two fingerprints differ. */
export function differences(expected: Fingerprint, got: Fingerprint): Difference[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(got)]);
  const found = [...names]
    .filter((name) => expected[name] !== got[name])
    .map((name) => ({ name, expected: expected[name] ?? 'nothing', got: got[name] ?? 'nothing' }));
  // Rules follow from optimisers and layers: where these differ, they say it better.
  const causes = found.filter(({ name }) => !name.startsWith(RULES));
  return causes.length > 0 ? causes : found;
}

/** What an array is known by. */
export async function describedArray(
  values: TypedArray,
  hash: (bytes: Uint8Array) => string | Promise<string>,
): Promise<string> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return `${values.length} of ${values.constructor.name}, SHA-256 ${await hash(bytes)}`;
}

/** JSON, with the numbers that it has no form for. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_, part) => {
    if (typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))) {
      return Object.is(part, -0) ? '-0' : String(part);
    }
    return part;
  });
}
