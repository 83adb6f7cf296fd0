import { WORD } from './actions.js';
import type { Configuration, PROPERTIES } from './configuration.js';
import { loadWorker } from './load-worker.js';
import { type Layout, layOut } from './step.js';

/** What workers run, with a mistake, and what does not hold then. A model that finds no mistakes shows nothing. */
export interface Mutant {
  readonly name: string;
  readonly violates: keyof typeof PROPERTIES;
  /** How many it takes for the mistake to do harm; default 2. */
  readonly workers?: number;
  readonly change: Partial<Configuration>;
}

type Replacement = readonly [found: RegExp, instead: string];

/** The workers' code with some of its source replaced. @throws Error if the source is not there */
function broken(...changes: readonly Replacement[]): Pick<Configuration, 'load'> {
  const change = (source: string) =>
    changes.reduce((text, [found, instead]) => {
      if (!found.test(text)) throw new Error(`The workers' code holds no ${found} any more: make the mutant anew.`);
      return text.replace(found, instead);
    }, source);
  return { load: () => loadWorker(change) };
}

const RESET = 'Atomics.store(words, ARRIVED, 0);';
const ARRIVE = 'Atomics.add(words, ARRIVED, 1) + 1';
const LOAD = 'Atomics.load(words, GENERATION)';
const text = (source: string) => new RegExp(source.replace(/[()[\]{}&|.+*?$]/g, '\\$&').replaceAll(' ', '\\s+'));

/** Mistakes in the barrier. */
const OF_THE_BARRIER: readonly Mutant[] = [
  {
    name: 'the count is reset after the generation has moved',
    violates: 'progress',
    change: broken([text(RESET), ''], [text('Atomics.add(words, GENERATION, 1);'), `$& ${RESET}`]),
  },
  {
    name: 'the generation is read after arriving',
    violates: 'progress',
    change: broken([text(ARRIVE), 'arrived'], [text('const generation'), `const arrived = ${ARRIVE}; $&`]),
  },
  {
    name: 'arriving is a load and a store',
    violates: 'progress',
    change: broken(
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
    change: broken([text('Atomics.notify(words, GENERATION);'), '']),
  },
  {
    name: 'the last to arrive wakes one of those who sleep',
    violates: 'progress',
    workers: 3,
    change: broken([text('Atomics.notify(words, GENERATION)'), 'Atomics.notify(words, GENERATION, 1)']),
  },
  {
    name: 'who is woken does not look whether the barrier has opened',
    violates: 'passage',
    change: broken([text('while ('), 'if (']),
  },
  {
    name: 'who sleeps does not say in which generation',
    violates: 'progress',
    change: broken([
      text('Atomics.wait(words, GENERATION, generation);'),
      `{ const now = ${LOAD}; Atomics.wait(words, GENERATION, now); }`,
    ]),
  },
  {
    name: 'the failure is told in a word of its own',
    violates: 'progress',
    change: broken(
      [text('Atomics.or(words, GENERATION, FAILED)'), `Atomics.or(words, ${WORD.spare}, FAILED)`],
      [text(`${LOAD} & FAILED`), `Atomics.load(words, ${WORD.spare}) & FAILED`],
      [text('while ('), `while ((Atomics.load(words, ${WORD.spare}) & FAILED) === 0 && `],
    ),
  },
  {
    name: 'who breaks the barrier wakes nobody',
    violates: 'progress',
    change: broken([
      text('Atomics.or(words, GENERATION, FAILED); Atomics.notify(words, GENERATION);'),
      'Atomics.or(words, GENERATION, FAILED);',
    ]),
  },
  {
    name: 'who is freed does not look whether something has failed',
    violates: 'passage',
    change: broken([
      /if \(Atomics\.load\(words, GENERATION\) & FAILED\)\s+throw new BarrierBroken\(\);\s*\}\s*$/m,
      '}',
    ]),
  },
  {
    name: 'who arrives does not look whether something has failed',
    violates: 'progress',
    change: broken([text('if (generation & FAILED)'), 'if (false)']),
  },
];

const WAIT = 'place.wait();';
const unless = (kind: string): Replacement => [text(WAIT), `if (stage.kind !== '${kind}') ${WAIT}`];

/** Both phases of a step draw from one word. */
function oneTicketWord(...[size]: Parameters<typeof layOut>): Layout {
  const layout = layOut(size);
  const [[batch, stages]] = Object.entries(layout.work.stages);
  const [first] = stages.filter((stage) => stage.kind === 'micro');
  const changed = stages.map((stage) => (stage.kind === 'micro' ? { ...stage, ticket: first.ticket } : stage));
  return { ...layout, work: { ...layout.work, stages: { [batch]: changed } } };
}

const COUNTED_EARLY = broken([
  text('runner.finish(stage); finished(stage);'),
  'finished(stage); runner.finish(stage);',
]);

/** As where training goes on with losses that are not finite. */
function withoutLooking(...[size]: Parameters<typeof layOut>): Layout {
  const layout = layOut(size);
  return { ...layout, work: { ...layout.work, finite: [] } };
}

/** Mistakes in what is done between barriers. */
const OF_THE_PROTOCOL: readonly Mutant[] = [
  { name: 'no barrier comes behind micro-batches', violates: 'race', change: broken(unless('micro')) },
  { name: 'no barrier comes behind slices', violates: 'bits', change: broken(unless('slices')) },
  { name: 'no barrier comes behind a whole stage', violates: 'bits', change: broken(unless('whole')) },
  { name: 'no barrier comes behind the end of a step', violates: 'race', change: broken(unless('finish')) },
  {
    name: 'tickets are not put back to zero',
    violates: 'bits',
    change: broken([text('new Int32Array(buffer, endsStep.tickets, endsStep.count).fill(0);'), '']),
  },
  {
    name: 'tickets are put back to zero before all have drawn',
    violates: 'race',
    change: broken([text('if (ticket >= count) return;'), 'if (ticket >= count) { word.fill(0); return; }']),
  },
  {
    name: 'tickets are drawn by a load and a store',
    violates: 'race',
    change: broken([
      text('const ticket = Atomics.add(word, 0, 1);'),
      'const ticket = Atomics.load(word, 0); Atomics.store(word, 0, ticket + 1);',
    ]),
  },
  { name: 'the phases of a step draw from one word', violates: 'bits', change: { layOut: oneTicketWord } },
  {
    name: 'a step is counted before its numbers are written',
    violates: 'bits',
    change: COUNTED_EARLY,
  },
  {
    name: 'the same where no loss must be finite',
    violates: 'told',
    change: { ...COUNTED_EARLY, layOut: withoutLooking },
  },
  {
    name: 'every worker runs a whole stage',
    violates: 'race',
    change: broken([text('if (place.worker === 0) runner.launch'), 'runner.launch']),
  },
  {
    name: 'every worker ends the step',
    violates: 'race',
    change: broken([text('if (place.worker === 0) { runner.finish'), '{ runner.finish']),
  },
  {
    name: 'every worker runs all slices',
    violates: 'race',
    change: broken([text('if (number % workers === worker)'), 'if (true)']),
  },
  {
    name: 'nobody runs the last slices',
    violates: 'bits',
    change: broken([text('number % workers === worker'), 'number === worker']),
    workers: 1,
  },
  {
    name: 'each looks for itself whether it is to stop',
    violates: 'progress',
    change: broken([
      text('return Atomics.load(this.control, CONTROL.stopped);'),
      'return Atomics.load(this.control, CONTROL.stopWanted);',
    ]),
  },
  {
    name: 'the step is ended behind its last barrier',
    violates: 'race',
    change: broken(
      [text('finished(stage);'), ''],
      [text(WAIT), `${WAIT} if (stage.kind === 'finish' && place.worker === 0) finished(stage);`],
    ),
  },
  {
    name: 'a lost loss does not end the training',
    violates: 'agreement',
    change: { ...broken([text('const isLost ='), 'const isLost = false &&']), lostStep: 0 },
  },
  {
    name: 'training that is stopped goes on with the validation',
    violates: 'bits',
    change: broken(
      [/(=== STOPPED\.wanted && step \+ 1 < batches\.length\)\s+)return;/, '$1break;'],
      [text('if (next && endStep === batches.length)'), 'if (next)'],
    ),
  },
];

export const MUTANTS: readonly Mutant[] = [...OF_THE_BARRIER, ...OF_THE_PROTOCOL];

/** A configuration in which a mutant shows itself. */
export function mutated({ change, workers = 2 }: Mutant): Configuration {
  const events = { failures: 1, stops: 1, restarts: 0 };
  const size = { workers, leaves: 2, microBatches: 3, slices: 2, legs: [2] };
  return { load: () => loadWorker(), layOut, ...size, ...events, ...change };
}
