import type { RandomStream } from '@weft/core';
import { parseSweep, StudyError, type Sweep, sweepTrials } from '@weft/study';
import { between, happens, mutate, pick } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { type Drawn, mustHold, type Target } from '../target.js';

const SOURCE = 'space.json';

/** A range, or a list of values. */
function anyAxis(random: RandomStream): Sweep['space'][string] {
  const low = between(random, 1, 50);
  const high = low + between(random, 1, 10_000);
  return pick(random, [
    [0.1, 'a', true].slice(0, between(random, 1, 3)),
    { uniform: [-high, high] },
    { logUniform: [low / 1000, high] },
    { integers: [low, high] },
    { powersOfTwo: [4, 4096] },
    { choice: ['mse', 'mae', 0.5] },
  ]);
}

function anySweep(random: RandomStream): Sweep {
  const names = ['learningRate', 'batchSize', 'depth', 'a b', '__proto__'].slice(0, between(random, 1, 4));
  const halves = happens(random, 0.5);
  return {
    name: 'any',
    title: pick(random, ['A title', '<b>', '\u0000']),
    base: { ...(happens(random, 0.5) && { model: 'cae' }), limit: null },
    space: Object.fromEntries([...names.map((name) => [name, anyAxis(random)]), ['rate', { uniform: [0, 1] }]]),
    trials: between(random, 1, 100),
    seed: pick(random, [0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER]),
    score: { of: pick(random, ['valLoss', 'psnr']), goal: 'minimise' },
    ...(halves && { halving: { factor: between(random, 2, 5), firstEpochs: 1, mostEpochs: between(random, 1, 100) } }),
  };
}

export const sweep: Target = {
  name: 'sweep',
  draw(random): Drawn {
    const definition = anySweep(random);
    const text = JSON.stringify(definition);
    if (happens(random, 0.25)) return { bytes: Buffer.from(text), expected: definition };
    if (happens(random, 0.2)) return { bytes: mutate(Buffer.from(text), random) };
    return { bytes: Buffer.from(mutateJson(JSON.parse(text), random)) };
  },
  read(bytes) {
    return parseSweep(Buffer.from(bytes).toString('utf8'), { source: SOURCE });
  },
  use(read) {
    const trials = sweepTrials(read as Sweep);
    const names = new Set(trials.map(({ name }) => name));
    mustHold(names.size === trials.length && trials.length > 0, 'trials have the same name');
    mustHold(
      trials.every(({ name }) => /^trial-\d+(-epochs-\d+)?$/.test(name)),
      'the name of a trial is none of a folder',
    );
  },
  isLawful: (error) =>
    error instanceof StudyError && error.message.startsWith(`${SOURCE}: `) && error.message.length < 20_000,
};
