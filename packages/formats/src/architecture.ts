import type { SafetensorsTensor } from './safetensors/dtypes.js';
import { areFloats } from './safetensors/floats.js';
import { shortened } from './safetensors/shown.js';

/** How the weights of a file differ from those that a model needs. */
export interface WeightDifferences {
  /** Names that the model needs and the file lacks. */
  readonly missing: readonly string[];
  /** Names that the file has and the model does not know. */
  readonly unexpected: readonly string[];
  /** Weights that both have, but of another shape or dtype, such as `F32 [3,3,1,32]`. */
  readonly differing: readonly { readonly name: string; readonly found: string; readonly expected: string }[];
}

/** Names that a message lists; a file may have any number. */
const LISTED = 20;

const describe = (dtype: string, shape: readonly number[]) => `${dtype} [${shape.join(',')}]`;

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  const first = names.slice(0, LISTED).map(shortened).join(', ');
  return rest > 0 ? `${first} and ${rest} more` : first;
}

/** What differs between a model's weights and a file's; undefined if nothing does. */
export function compareWeights(
  expected: readonly { readonly name: string; readonly shape: readonly number[] }[],
  found: ReadonlyMap<string, SafetensorsTensor>,
): WeightDifferences | undefined {
  const names = new Set(expected.map(({ name }) => name));
  const missing = expected.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  const unexpected = [...found.keys()].filter((name) => !names.has(name));
  const differing = expected.flatMap(({ name, shape }) => {
    const tensor = found.get(name);
    if (!tensor) return [];
    // Half floats are float32 when they are read.
    if (areFloats(tensor) && tensor.shape.join() === shape.join()) return [];
    return [{ name, found: describe(tensor.dtype, tensor.shape), expected: describe('F32', shape) }];
  });
  return missing.length + unexpected.length + differing.length === 0 ? undefined : { missing, unexpected, differing };
}

/** A file of weights for another architecture than the model's. */
export class ArchitectureMismatchError extends Error implements WeightDifferences {
  override readonly name = 'ArchitectureMismatchError';
  readonly missing: WeightDifferences['missing'];
  readonly unexpected: WeightDifferences['unexpected'];
  readonly differing: WeightDifferences['differing'];

  constructor(source: string | undefined, model: string, { missing, unexpected, differing }: WeightDifferences) {
    const lines = [
      `${source === undefined ? '' : `${source}: `}the weights are for another architecture than ${shortened(model)}.`,
      ...(missing.length > 0 ? [`Missing: ${listed(missing)}.`] : []),
      ...(unexpected.length > 0 ? [`Unexpected: ${listed(unexpected)}.`] : []),
      ...differing
        .slice(0, LISTED)
        .map(
          ({ name, found, expected }) => `${shortened(name)} is ${shortened(found)}; expected ${shortened(expected)}.`,
        ),
      ...(differing.length > LISTED ? [`And ${differing.length - LISTED} more differ.`] : []),
      'Use loadModel to build the model that the file describes, or a file saved from this model.',
    ];
    super(lines.join('\n'));
    this.missing = missing;
    this.unexpected = unexpected;
    this.differing = differing;
  }
}
