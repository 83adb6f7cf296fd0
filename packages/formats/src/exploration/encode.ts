import type { SafetensorsTensor } from '../safetensors/dtypes.js';
import { encodeSafetensors } from '../safetensors/encode.js';
import { checkExploration } from './check.js';
import type { Exploration } from './exploration.js';

/** The metadata's name for the version, and the newest; it changes when older readers could not make sense of a file. */
export const VERSION = 'weft.exploration';
export const CURRENT_VERSION = '1';
/** The metadata's name for all that is no array, as JSON. */
export const FACTS = 'weft.facts';
export const FACT_NAMES = [
  'model',
  'title',
  'run',
  'dataset',
  'synthetic',
  'weightsSha256',
  'noise',
  'classNames',
  'latentShape',
] as const satisfies readonly (keyof Exploration)[];

/**
 * The bytes of a file of an exploration, in the format of safetensors: an array of `Exploration` is the tensor of the
 * same name, all else is JSON in the metadata.
 *
 * @throws ExplorationError if its parts do not fit each other
 * @example
 * const exploration: Exploration = {
 *   ...{ model: 'cae', title: 'CAE', run: 'run-1', dataset: 'two pixels', synthetic: true, weightsSha256: '00' },
 *   ...{ count: 2, height: 1, width: 1, channels: 1, classNames: [], latentShape: [2] },
 *   mean: Float32Array.of(0, 0),
 *   components: Float32Array.of(1, 0),
 *   explainedVarianceRatio: Float32Array.of(1),
 *   scores: Float32Array.of(-1, 1),
 *   errors: Float32Array.of(0, 0.1),
 *   neighbours: Uint32Array.of(1, 0),
 *   originals: Uint8Array.of(0, 255),
 *   reconstructions: Uint8Array.of(0, 250),
 * };
 * const bytes = encodeExploration(exploration);
 * decodeExploration(bytes).scores; // [-1, 1]
 */
export function encodeExploration(exploration: Exploration): Uint8Array<ArrayBuffer> {
  checkExploration(exploration);
  const { labels, inputs, decoder, count, height, width, channels } = exploration;
  const { errors, mean, components, explainedVarianceRatio, scores, neighbours, originals, reconstructions } =
    exploration;
  const [k, d] = [explainedVarianceRatio.length, mean.length];
  const images = [count, height, width, channels];
  const bytes = (data: Uint8Array, shape: readonly number[]): SafetensorsTensor => ({ dtype: 'U8', shape, data });
  const floats = (data: Float32Array, shape: readonly number[]): SafetensorsTensor => ({ dtype: 'F32', shape, data });
  const tensors: Readonly<Record<string, SafetensorsTensor>> = {
    errors: floats(errors, [count]),
    mean: floats(mean, [d]),
    components: floats(components, [k, d]),
    explainedVarianceRatio: floats(explainedVarianceRatio, [k]),
    scores: floats(scores, [count, k]),
    neighbours: { dtype: 'U32', shape: [count, neighbours.length / count], data: neighbours },
    originals: bytes(originals, images),
    reconstructions: bytes(reconstructions, images),
    ...(inputs && { inputs: bytes(inputs, images) }),
    ...(labels && { labels: bytes(labels, [count]) }),
    ...(decoder && { decoder: bytes(decoder, [decoder.length]) }),
  };
  return encodeSafetensors(new Map(Object.entries(tensors)), {
    [VERSION]: CURRENT_VERSION,
    [FACTS]: JSON.stringify(exploration, [...FACT_NAMES]),
  });
}
