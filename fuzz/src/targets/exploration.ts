import type { RandomStream } from '@weft/core';
import {
  decodeExploration,
  decodeSafetensors,
  type Exploration,
  ExplorationError,
  encodeExploration,
  encodeSafetensors,
  type SafetensorsTensor,
} from '@weft/formats';
import { between, happens, noise, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';
import { damaged } from './safetensors.js';

const floats = (random: RandomStream, length: number) => Float32Array.from({ length }, () => random.uniform());

function anyExploration(random: RandomStream): Exploration {
  const count = between(random, 2, 6);
  const [height, width, channels] = [between(random, 1, 3), between(random, 1, 3), pick(random, [1, 3, 4])];
  const latentShape = Array.from({ length: random.integer(3) }, () => between(random, 1, 3));
  const d = latentShape.reduce((product, length) => product * length, 1);
  const [k, m] = [between(random, 1, 3), random.integer(count)];
  const classNames = Array.from({ length: random.integer(4) }, (_, index) => `class ${index}`);
  const pixels = count * height * width * channels;
  return {
    ...{ model: 'cae', title: 'CAE', run: 'run', dataset: 'drawn', synthetic: true, weightsSha256: 'f00' },
    ...{ classNames, latentShape, count, height, width, channels },
    errors: floats(random, count),
    mean: floats(random, d),
    components: floats(random, k * d),
    explainedVarianceRatio: floats(random, k),
    scores: floats(random, count * k),
    neighbours: Uint32Array.from(
      { length: count * m },
      (_, at) => (Math.floor(at / m) + 1 + random.integer(count - 1)) % count,
    ),
    originals: noise(random, pixels),
    reconstructions: noise(random, pixels),
    ...(happens(random, 0.5) && { inputs: noise(random, pixels), noise: 'gaussian:0.4' }),
    ...(classNames.length > 0 && {
      labels: Uint8Array.from({ length: count }, () => random.integer(classNames.length)),
    }),
    ...(happens(random, 0.5) && { decoder: noise(random, 20) }),
  };
}

const comparable = (exploration: Exploration) =>
  Object.fromEntries(
    Object.entries(exploration).map(([name, value]) => [
      name,
      ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value,
    ]),
  );

/** A whole file of which one array says something else, or whose facts do. */
function lying(file: Uint8Array, random: RandomStream): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  if (happens(random, 0.4)) {
    return encodeSafetensors(tensors, {
      ...metadata,
      'weft.facts': mutateJson(JSON.parse(metadata['weft.facts']), random),
    });
  }
  const name = pick(random, [...tensors.keys()]);
  const { dtype, shape, data } = tensors.get(name) as SafetensorsTensor;
  const changed = data.slice();
  if (changed.length > 0) {
    changed[random.integer(changed.length)] = pick(random, [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      2 ** 31,
      255,
    ]) as never;
  }
  const other = happens(random, 0.5) ? shape : pick(random, [[...shape].reverse(), [data.length], [1, ...shape]]);
  return encodeSafetensors(new Map([...tensors, [name, { dtype, shape: other, data: changed }]]), metadata);
}

export const exploration: Target = {
  name: 'exploration',
  draw(random): Drawn {
    const drawn = anyExploration(random);
    const file = encodeExploration(drawn);
    if (happens(random, 0.25)) return { bytes: file, expected: comparable(drawn) };
    return { bytes: happens(random, 0.5) ? lying(file, random) : damaged(file, random) };
  },
  read(bytes) {
    const read = decodeExploration(bytes, 'file');
    const { count, neighbours, labels, classNames, scores, explainedVarianceRatio } = read;
    mustHold(
      neighbours.every((each) => each < count),
      'a neighbour is no image',
    );
    mustHold(scores.length === count * explainedVarianceRatio.length, 'there are not as many scores as images');
    mustHold(scores.every(Number.isFinite), 'a score is not finite');
    mustHold(labels?.every((label) => label < classNames.length) ?? true, 'a label has no name');
    return comparable(read);
  },
  isLawful: (error) =>
    error instanceof ExplorationError && error.message.startsWith('file: ') && error.message.length < 2000,
};
