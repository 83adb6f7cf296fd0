import { readFileSync } from 'node:fs';
import { type Action, type DataAction, regionAt, WORD, wordAt } from './actions.js';

/** The very files that workers run, in an order in which each needs only those before it. */
const FILES = ['barrier.js', 'step/leaves.js', 'task.js', 'step/run-stages.js', 'run-task.js'].map(
  (file) => new URL(`../../../packages/train/dist/${file}`, import.meta.url),
);

/** What the workers' code is given, and whom it tells. */
export interface Hooks {
  /** Does an action; the result is that of `Atomics`, or a number that was read. */
  perform(action: Action): number;
  /** The thread has left a barrier that has opened. */
  passed(): void;
  /** The thread has found the barrier broken. */
  freed(): void;
}

/** A program in the place of a compiled one: what it touches follows from the addresses of its blocks. */
export interface StandIn {
  readonly name: string;
  /** Positions of the blocks that are read, and written. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** What is read once a stage, before. */
  readonly prologue: readonly number[];
}

/** The workers' side of training, as code that does nothing but actions. */
export interface WorkerCode {
  /** Whom the code tells, and asks; to be set before it is run. */
  hooks: Hooks;
  runTask(task: object): void;
  breakBarrier(): void;
}

/** Looks at the generation before sleeping. One stands for any number: each is the same action in the same state. */
const SPINS = 1;

/**
 * Loads what workers run, unchanged but for the number of looks before sleeping, with stand-ins for `Atomics`, for
 * memory and for compiled programs: every access to memory becomes an action of the model.
 *
 * @param change changes the source beforehand, to see what the model says of it
 * @throws Error if the source has become other than this can read
 */
export function loadWorker(change = (source: string) => source): WorkerCode {
  const [barrier, ...others] = FILES.map((file) =>
    readFileSync(file, 'utf8')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      .replace(/^import .*;$/gm, '')
      .replace(/^export /gm, ''),
  );
  const mark = '"end of the barrier";';
  const [ofBarrier, rest] = change([barrier, mark, ...others].join('\n')).split(mark);
  if (rest === undefined || /\bWebAssembly\b|\bDataView\b|\bimport\b|\bexport\b|\basync\b/.test(rest)) {
    throw new Error('The model cannot read what workers run: it expects typed arrays, Atomics, and no imports.');
  }
  const code: WorkerCode = { hooks: NO_HOOKS, runTask: () => {}, breakBarrier: () => {} };
  const standIns = standInsFor(code);
  const text = `'use strict';
    ${framed(ofBarrier)}
    const arriveAndWait = (words, parties) => { insideBarrier(words, parties); hooksOf().passed(); };
    ${rest}
    return { runTask, breakBarrier };`;
  const loaded = new Function(...Object.keys(standIns), text)(...Object.values(standIns));
  code.runTask = loaded.runTask;
  code.breakBarrier = () => loaded.breakBarrier(new standIns.Int32Array(undefined, 0));
  return code;
}

const NO_HOOKS: Hooks = { perform: () => 0, passed: () => {}, freed: () => {} };

/** The barrier's source, in which each call of `Atomics` knows its place and the variables there. */
function framed(source: string): string {
  const variables = [...new Set([...source.matchAll(/\b(?:const|let) (\w+) =/g)].map(([, name]) => name))];
  const thunks = variables.map((name) => `() => ${name}`).join(', ');
  let calls = 0;
  const text = source
    .replace(/const SPINS = \d+/, `const SPINS = ${SPINS}`)
    .replace('function arriveAndWait', 'function insideBarrier')
    .replace('class BarrierBroken extends Error', 'class BarrierBroken extends Freed')
    .replace(
      /\bAtomics\.(\w+)\(words, ([^()]*)\)/g,
      (_, call, operands) => `barrierCall('${call}', words, [${operands}], ${calls++}, [${thunks}])`,
    );
  if (
    calls === 0 ||
    !text.includes('insideBarrier') ||
    !text.includes('Freed') ||
    /\bAtomics\b|\bvar\b|\b(?:const|let) (?!\w+ = )/.test(text)
  ) {
    throw new Error(
      'The model cannot read barrier.ts: it expects calls of the form Atomics.name(words, operands), none within ' +
        'another, and variables of the form const name = value, one in a statement.',
    );
  }
  return text;
}

/** What `Atomics.notify` takes for a missing number. */
const EVERYBODY = 1024;

/** An array that knows its address alone. */
class ArrayAt {
  constructor(
    _buffer: unknown,
    readonly address: number,
  ) {}
}

/** What the code sees in the place of what its names usually stand for. */
function standInsFor(code: WorkerCode) {
  const atomics = (call: string) => (words: ArrayAt, index: number, value: number) =>
    code.hooks.perform({ call, word: wordAt(words.address + 4 * index), value: value ?? 0 } as Action);
  return {
    hooksOf: () => code.hooks,
    Atomics: Object.fromEntries(['load', 'store', 'add', 'or', 'wait', 'notify'].map((call) => [call, atomics(call)])),
    barrierCall: (
      call: string,
      words: ArrayAt,
      [index, value = call === 'notify' ? EVERYBODY : 0]: readonly number[],
      place: number,
      variables: (() => number)[],
    ) =>
      code.hooks.perform({
        call,
        word: wordAt(words.address + 4 * index),
        value,
        frame: [place, ...variables.map(valueIfThere)].join(),
      } as Action),
    Freed: class extends Error {
      constructor(message: string) {
        super(message);
        code.hooks.freed();
      }
    },
    ...arraysFor(code),
    wasmExecutable: ({ name, reads, writes, prologue }: StandIn) => ({
      prologue(...bases: number[]) {
        if (prologue.length > 0) code.hooks.perform(work(`${name} prologue`, prologue, [], bases));
      },
      main: (...bases: number[]) => code.hooks.perform(work(name, reads, writes, bases)),
    }),
    referenceExecutable: undefined,
  };
}

const work = (
  name: string,
  reads: readonly number[],
  writes: readonly number[],
  bases: readonly number[],
): DataAction => ({
  call: 'data',
  name,
  reads: reads.map((block) => regionAt(bases[block])),
  writes: writes.map((block) => regionAt(bases[block])),
});

/** Typed arrays: those that worker 0 copies with, and words. */
function arraysFor(code: WorkerCode) {
  const copy = (name: string, from: number, to: number) =>
    code.hooks.perform({ call: 'data', name, reads: [regionAt(from)], writes: [regionAt(to)] });
  return {
    Int32Array: class extends ArrayAt {
      constructor(
        buffer: unknown,
        address: number,
        private readonly length = 0,
      ) {
        super(buffer, address);
      }
      fill() {
        const clears = Array.from({ length: this.length }, (_, index) => wordAt(this.address + 4 * index));
        code.hooks.perform({ call: 'data', name: 'clear', reads: [], writes: [], clears });
      }
    },
    Uint8Array: class extends ArrayAt {
      set(other: ArrayAt) {
        copy('renew', other.address, this.address);
      }
    },
    // What is copied is known by its address until it is written.
    Float32Array: class extends ArrayAt {
      get 0() {
        return this.address;
      }
    },
    Float64Array: class extends ArrayAt {
      get 0() {
        return code.hooks.perform({ call: 'data', name: 'look', reads: [regionAt(this.address)], writes: [] });
      }
      set 0(from: number) {
        copy('log', from, this.address);
      }
    },
  };
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

/** Whether an action says that a worker has arrived at the barrier. */
export const isArrival = (action: Action) =>
  (action.call === 'add' || action.call === 'store') && action.word === WORD.arrived && action.value !== 0;
