import { readFileSync } from 'node:fs';
import type { Actions } from './actions.js';

/** The very file that workers run. */
const BARRIER = new URL('../../../packages/train/dist/barrier.js', import.meta.url);

/** The functions of the pool's `barrier.ts`, as parts of threads' programs. */
export interface Barrier {
  readonly arriveAndWait: (words: undefined, parties: number) => Actions;
  readonly breakBarrier: (words: undefined) => Actions;
  readonly BarrierBroken: new () => Error;
}

/** Looks at the generation before sleeping. One stands for any number: each is the same action in the same state. */
const SPINS = 1;

/**
 * Loads the pool's barrier so that it stops before each call of `Atomics`: functions become generators, and calls
 * become `yield`s of actions that know their place in the source and the variables there. Nothing else is changed.
 *
 * @param change changes the source beforehand, to see what the model says of it
 * @throws Error if the source has become other than this can read
 */
export function loadBarrier(change = (source: string) => source): Barrier {
  const source = change(readFileSync(BARRIER, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''));
  const variables = [...new Set([...source.matchAll(/\b(?:const|let) (\w+) =/g)].map(([, name]) => name))];
  let calls = 0;
  const text = source
    .replace(/^export /gm, '')
    .replace(/const SPINS = \d+/, `const SPINS = ${SPINS}`)
    .replace(/\bfunction (\w+)/g, 'function* $1')
    .replace(/\bAtomics\.(\w+)\(words, ([^()]*)\)/g, (_, call, operands) => {
      const thunks = variables.map((name) => `() => ${name}`).join(', ');
      return `(yield action('${call}', [${operands}], ${calls++}, [${thunks}]))`;
    });
  if (calls === 0 || /\bAtomics\b|\bvar\b|\b(?:const|let) (?!\w+ = )/.test(text)) {
    throw new Error(
      'The model cannot read barrier.ts: it expects calls of the form Atomics.name(words, operands), none within ' +
        'another, and variables of the form const name = value, one in a statement.',
    );
  }
  return new Function('action', `${text}\nreturn { arriveAndWait, breakBarrier, BarrierBroken };`)(action);
}

/** What `Atomics` takes for a missing last operand. */
const EVERYBODY = 1024;

function action(
  call: string,
  [word, value = EVERYBODY]: readonly number[],
  place: number,
  variables: (() => number)[],
) {
  return { call, word, value, frame: [place, ...variables.map(valueIfThere)].join() };
}

/** A variable's value; none where it is not yet, or no longer, there. */
function valueIfThere(read: () => number): number | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
