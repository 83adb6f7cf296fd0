import { type Actions, load, store, WORD } from './actions.js';
import type { Configuration, PROPERTIES } from './configuration.js';
import { type Barrier, loadBarrier } from './load-barrier.js';
import {
  computeGradients,
  endIf,
  finishStep,
  goOnOrEnd,
  meet,
  type Phase,
  type Place,
  PROTOCOL,
  updateSlices,
} from './protocol.js';

/** A protocol with a mistake, and what does not hold in it. A model that finds no mistakes shows nothing. */
export interface Mutant {
  readonly name: string;
  readonly violates: keyof typeof PROPERTIES;
  /** How many it takes for the mistake to do harm; default 2. */
  readonly workers?: number;
  readonly change: Partial<Pick<Configuration, 'barrier' | 'protocol'>>;
}

/** The barrier with some of its source replaced. @throws Error if the source is not there */
function brokenBarrier(...changes: readonly (readonly [found: RegExp, instead: string])[]): { barrier: Barrier } {
  const barrier = loadBarrier((source) =>
    changes.reduce((text, [found, instead]) => {
      if (!found.test(text)) throw new Error(`barrier.ts holds no ${found} any more: the mutant is to be made anew.`);
      return text.replace(found, instead);
    }, source),
  );
  return { barrier };
}

const RESET = 'Atomics.store(words, ARRIVED, 0);';
const ARRIVE = 'Atomics.add(words, ARRIVED, 1) + 1';
const LOAD = 'Atomics.load(words, GENERATION)';
const text = (source: string) => new RegExp(source.replace(/[()&|.+*]/g, '\\$&').replaceAll(' ', '\\s+'));

function* lookForOneself(place: Place): Actions<boolean> {
  return yield* endIf((yield load(WORD.stopWanted)) !== 0, place);
}

/** Worker 0 lays out the tickets anew; the rest of the end of the step is done without it. */
function* resetTickets({ worker }: Place): Actions<boolean> {
  if (worker === 0) yield store(WORD.ticket, 0);
  return false;
}

/** Every worker takes every slice, as if it were alone. */
function* updateAll(place: Place): Actions<boolean> {
  return yield* updateSlices({ ...place, worker: 0, size: { ...place.size, workers: 1 } });
}

/** Lanes are drawn without an atomic addition. */
function* drawCarelessly(place: Place): Actions<boolean> {
  const actions = computeGradients(place);
  let next = actions.next();
  while (!next.done) {
    const action = next.value;
    let result: number;
    if (action.call === 'add') {
      result = yield load(action.word);
      yield store(action.word, result + action.value);
    } else {
      result = yield action;
    }
    next = actions.next(result);
  }
  return next.value;
}

const phases = (...protocol: readonly Phase[]) => ({ protocol });

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the count is reset after the generation has moved',
    violates: 'progress',
    change: brokenBarrier([text(RESET), ''], [text('Atomics.add(words, GENERATION, 1);'), `$& ${RESET}`]),
  },
  {
    name: 'the generation is read after arriving',
    violates: 'progress',
    change: brokenBarrier([text(ARRIVE), 'arrived'], [text('const generation'), `const arrived = ${ARRIVE}; $&`]),
  },
  {
    name: 'arriving is a load and a store',
    violates: 'progress',
    change: brokenBarrier(
      [text(ARRIVE), 'arrived'],
      [
        text('if (arrived'),
        'const arrived = Atomics.load(words, ARRIVED) + 1; Atomics.store(words, ARRIVED, arrived); $&',
      ],
    ),
  },
  {
    name: 'the last to arrive wakes nobody',
    violates: 'progress',
    change: brokenBarrier([text('Atomics.notify(words, GENERATION);'), '']),
  },
  {
    name: 'the last to arrive wakes one of those who sleep',
    violates: 'progress',
    workers: 3,
    change: brokenBarrier([text('Atomics.notify(words, GENERATION)'), 'Atomics.notify(words, GENERATION, 1)']),
  },
  {
    name: 'who is woken does not look whether the barrier has opened',
    violates: 'passage',
    change: brokenBarrier([text('while ('), 'if (']),
  },
  {
    name: 'who sleeps does not say in which generation',
    violates: 'progress',
    change: brokenBarrier([
      text('Atomics.wait(words, GENERATION, generation);'),
      `{ const now = ${LOAD}; Atomics.wait(words, GENERATION, now); }`,
    ]),
  },
  {
    name: 'the failure is told in a word of its own',
    violates: 'progress',
    change: brokenBarrier(
      [text('Atomics.or(words, GENERATION, FAILED)'), `Atomics.or(words, ${WORD.spare}, FAILED)`],
      [text(`${LOAD} & FAILED`), `Atomics.load(words, ${WORD.spare}) & FAILED`],
      [text('while ('), `while ((Atomics.load(words, ${WORD.spare}) & FAILED) === 0 && `],
    ),
  },
  {
    name: 'who breaks the barrier wakes nobody',
    violates: 'progress',
    change: brokenBarrier([
      text('Atomics.or(words, GENERATION, FAILED); Atomics.notify(words, GENERATION);'),
      'Atomics.or(words, GENERATION, FAILED);',
    ]),
  },
  {
    name: 'who is freed does not look whether something has failed',
    violates: 'passage',
    change: brokenBarrier([
      /if \(Atomics\.load\(words, GENERATION\) & FAILED\)\s+throw new BarrierBroken\(\);\s*\}\s*$/m,
      '}',
    ]),
  },
  {
    name: 'who arrives does not look whether something has failed',
    violates: 'progress',
    change: brokenBarrier([text('if (generation & FAILED)'), 'if (false)']),
  },
  {
    name: 'a step has one barrier: none after the update',
    violates: 'version',
    change: phases(computeGradients, meet, updateSlices, finishStep, goOnOrEnd),
  },
  {
    name: 'a step has one barrier: none before the update',
    violates: 'race',
    change: phases(computeGradients, updateSlices, finishStep, meet, goOnOrEnd),
  },
  {
    name: 'tickets are laid out anew before all have drawn',
    violates: 'version',
    change: phases(computeGradients, resetTickets, meet, updateSlices, finishStep, meet, goOnOrEnd),
  },
  {
    name: 'tickets are laid out anew when others may have begun the next step',
    violates: 'race',
    change: phases(computeGradients, meet, updateSlices, finishStep, meet, goOnOrEnd, resetTickets),
  },
  {
    name: 'each looks for itself whether it is to stop',
    violates: 'progress',
    change: phases(computeGradients, meet, updateSlices, finishStep, meet, lookForOneself),
  },
  {
    name: 'the step is finished behind the second barrier',
    violates: 'progress',
    change: phases(computeGradients, meet, updateSlices, meet, finishStep, goOnOrEnd),
  },
  {
    name: 'each worker updates all slices',
    violates: 'race',
    change: phases(computeGradients, meet, updateAll, finishStep, meet, goOnOrEnd),
  },
  {
    name: 'lanes are drawn by a load and a store',
    violates: 'race',
    change: phases(drawCarelessly, meet, updateSlices, finishStep, meet, goOnOrEnd),
  },
];

/** A configuration in which a mutant shows itself. */
export function mutated({ change, workers = 2 }: Mutant): Configuration {
  const events = { failures: 1, stops: 1, restarts: 0 };
  const right = { protocol: PROTOCOL, barrier: loadBarrier() };
  return { ...right, ...change, ...events, workers, lanes: 2, slices: 2, pieces: 2, legs: [2] };
}
