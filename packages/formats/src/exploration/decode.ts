import { decodeSafetensors } from '../safetensors/decode.js';
import type { SafetensorsContents, SafetensorsDType, TensorData } from '../safetensors/dtypes.js';
import { SafetensorsError } from '../safetensors/error.js';
import { shortened, shown } from '../safetensors/shown.js';
import { checkExploration } from './check.js';
import { CURRENT_VERSION, FACT_NAMES, FACTS, VERSION } from './encode.js';
import { type Exploration, ExplorationError } from './exploration.js';

/** Each tensor of a file: its dtype, how many axes it has, and whether a file must have it. */
const TENSORS = {
  errors: ['F32', 1, true],
  mean: ['F32', 1, true],
  components: ['F32', 2, true],
  explainedVarianceRatio: ['F32', 1, true],
  scores: ['F32', 2, true],
  neighbours: ['U32', 2, true],
  originals: ['U8', 4, true],
  reconstructions: ['U8', 4, true],
  inputs: ['U8', 4, false],
  labels: ['U8', 1, false],
  decoder: ['U8', 1, false],
} as const satisfies Readonly<Record<string, readonly [SafetensorsDType, number, boolean]>>;
type TensorName = keyof typeof TENSORS;

/**
 * The exploration that `encodeExploration` wrote. Nothing in a file is trusted: all that it says was checked when this
 * returns, but for the decoder's bytes, which `decodeModel` checks.
 *
 * @param name where the bytes are from, such as the name of a file: messages begin with it
 * @throws ExplorationError naming what is wrong
 * @example
 * import { readFileSync } from 'node:fs';
 * const path = 'explore-cae.safetensors';
 * const { scores, errors, labels } = decodeExploration(readFileSync(path), path);
 */
export function decodeExploration(bytes: Uint8Array, name?: string): Exploration {
  try {
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof ExplorationError || cause instanceof SafetensorsError)) throw cause;
    throw new ExplorationError(`${name === undefined ? '' : `${shortened(name)}: `}${cause.message}`, { cause });
  }
}

function read(bytes: Uint8Array): Exploration {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const version = metadata[VERSION];
  if (version === undefined) {
    throw new ExplorationError('this is no exploration. Give a file that weft explore has written.');
  }
  if (version !== CURRENT_VERSION) {
    throw new ExplorationError(
      `the file has format version ${shortened(version)}; this Weft reads ${CURRENT_VERSION}. Use a newer Weft.`,
    );
  }
  const { arrays, shapes } = readTensors(tensors);
  const [count, height, width, channels] = shapes.originals;
  const exploration = { ...readFacts(metadata[FACTS]), ...arrays, count, height, width, channels } as Exploration;
  checkShapes(shapes, exploration);
  checkExploration(exploration);
  return exploration;
}

function readFacts(text: string | undefined): Readonly<Record<string, unknown>> {
  let facts: unknown;
  try {
    facts = JSON.parse(text ?? '');
  } catch (cause) {
    throw new ExplorationError(`its ${FACTS} are no JSON.`, { cause });
  }
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) {
    throw new ExplorationError(`its ${FACTS} are ${shown(facts)}, expected an object.`);
  }
  const known = Object.entries(facts).filter(([name]) => (FACT_NAMES as readonly string[]).includes(name));
  return Object.fromEntries(known);
}

type Shapes = Readonly<Record<TensorName, readonly number[]>>;

function readTensors(tensors: SafetensorsContents['tensors']) {
  const found: [string, TensorData, readonly number[]][] = [];
  for (const [name, [dtype, axes, isNeeded]] of Object.entries(TENSORS)) {
    const tensor = tensors.get(name);
    if (!tensor && !isNeeded) continue;
    if (!tensor) throw new ExplorationError(`the tensor ${name} is missing.`);
    if (tensor.dtype !== dtype || tensor.shape.length !== axes) {
      throw new ExplorationError(
        `${name} is ${tensor.dtype} ${shown(tensor.shape)}, expected ${dtype} of ${axes} ${axes === 1 ? 'axis' : 'axes'}.`,
      );
    }
    found.push([name, tensor.data, tensor.shape]);
  }
  const arrays = Object.fromEntries(found.map(([name, data]) => [name, data]));
  const shapes = Object.fromEntries(found.map(([name, , shape]) => [name, shape])) as unknown as Shapes;
  return { arrays, shapes };
}

/** What the lengths of arrays do not tell: that the axes are those that were meant. */
function checkShapes(shapes: Shapes, { count, mean, explainedVarianceRatio }: Exploration): void {
  const k = explainedVarianceRatio.length;
  const expected: Partial<Shapes> = {
    components: [k, mean.length],
    scores: [count, k],
    neighbours: [count, shapes.neighbours[1]],
    reconstructions: shapes.originals,
    inputs: shapes.originals,
    errors: [count],
    labels: [count],
  };
  for (const [name, shape] of Object.entries(expected)) {
    const got = shapes[name as TensorName];
    if (got !== undefined && `${got}` !== `${shape}`) {
      throw new ExplorationError(`${name} has the shape ${shown(got)}, expected ${shown(shape)}.`);
    }
  }
}
