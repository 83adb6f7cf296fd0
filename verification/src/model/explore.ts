import { type Configuration, Violation } from './configuration.js';
import { type Move, States } from './states.js';

/** What was found. */
export interface Exploration {
  readonly states: number;
  readonly moves: number;
  /** The first property that does not hold, with the moves that lead there. */
  readonly violation: { readonly error: Violation; readonly trace: readonly string[] } | undefined;
}

/** Goes through every state that a configuration can come to, in order of distance: a trace is as short as can be. */
export function explore(configuration: Configuration): Exploration {
  const states = new States(configuration);
  const first = states.first();
  const numbers = new Map([[first, 0]]);
  const texts = [first];
  const parents = [-1];
  /** For each state how many moves lead to it, and the states that moves lead to; those by chance are left out. */
  const arrivals = [0];
  const targets: number[][] = [];
  let moveCount = 0;
  const result = (violation?: Exploration['violation']) => ({ states: texts.length, moves: moveCount, violation });

  for (let number = 0; number < texts.length; number++) {
    let moves: Move[];
    try {
      moves = states.moves(texts[number]);
      const isStuck = moves.every(({ isByChance }) => isByChance);
      const waiting = isStuck ? states.waiting(texts[number]) : [];
      if (waiting.length > 0) throw new Violation('progress', `nobody can go on: ${waiting.join(', ')}`);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return result({ error, trace: traceTo(number, states, texts, parents) });
    }
    moveCount += moves.length;
    targets[number] = moves.flatMap(({ to, isByChance }) => {
      let target = numbers.get(to);
      if (target === undefined) {
        target = texts.length;
        numbers.set(to, target);
        texts.push(to);
        parents.push(number);
        arrivals.push(0);
      }
      if (isByChance) return [];
      arrivals[target]++;
      return [target];
    });
  }
  if (hasCircle(targets, arrivals)) {
    return result({ error: new Violation('termination', 'a thread may do the same for ever'), trace: [] });
  }
  return result();
}

/** Takes away states that no move leads to, one after another: what then remains are circles. */
function hasCircle(targets: readonly (readonly number[])[], arrivals: number[]): boolean {
  const free = arrivals.flatMap((count, state) => (count === 0 ? [state] : []));
  let taken = 0;
  for (let state = free.pop(); state !== undefined; state = free.pop()) {
    taken++;
    for (const target of targets[state]) if (--arrivals[target] === 0) free.push(target);
  }
  return taken < targets.length;
}

function traceTo(number: number, states: States, texts: readonly string[], parents: readonly number[]): string[] {
  const trace: string[] = [];
  for (let state = number; parents[state] >= 0; state = parents[state]) {
    const move = states.moves(texts[parents[state]]).find(({ to }) => to === texts[state]);
    trace.unshift(move?.what ?? 'a move');
  }
  return trace;
}
