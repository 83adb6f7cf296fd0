import type { Program } from '@weft/core/program';
import type { Optimizer, Sequential } from '@weft/nn';
import type { Examples, ExampleValues } from '../examples.js';
import { NUMERICS_VERSION } from '../numerics-version.js';
import { sha256Hex } from '../sha256.js';

/** Everything that decides the bits of a training besides its state: a text for each name. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What a fingerprint is taken of. */
export interface FingerprintSource {
  readonly model: Sequential;
  readonly data: Examples;
  /** Forward, loss, corruption and gradients as they were traced. */
  readonly program: Program;
  readonly optimizer: Optimizer;
  /** Options that decide the bits, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Classes of the callbacks that keep state. */
  readonly callbacks: readonly string[];
}

/** The fingerprint of a training. */
export function fingerprint({ model, data, program, optimizer, options, callbacks }: FingerprintSource): Fingerprint {
  const { inputShape, layers } = model.config();
  const fields: Record<string, unknown> = {
    numericsVersion: NUMERICS_VERSION,
    inputShape,
    layers: layers.length,
    ...Object.fromEntries(layers.map(({ type, config }, index) => [`layer ${index}`, { type, ...config }])),
    ...options,
    optimizer: { name: optimizer.name, ...optimizer.config() },
    callbacks,
    x: described(data.x),
    y: data.y ? described(data.y) : 'as x',
    // Loss and corruption are functions; what they do is in the program.
    'traced program': sha256Hex(new TextEncoder().encode(text(program))),
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value)]));
}

/** A part of a fingerprint that is not what it should be. */
export interface Difference {
  readonly name: string;
  /** What the checkpoint says. */
  readonly expected: string;
  /** What the training has that is to go on from it. */
  readonly got: string;
}

/** The parts in which two fingerprints differ. */
export function differences(expected: Fingerprint, got: Fingerprint): Difference[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...names]
    .filter((name) => expected[name] !== got[name])
    .map((name) => ({ name, expected: expected[name] ?? 'nothing', got: got[name] ?? 'nothing' }));
}

function described(values: ExampleValues): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return `${values.length} of ${values.constructor.name}, SHA-256 ${sha256Hex(bytes)}`;
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
