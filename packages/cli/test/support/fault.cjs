// Given to node with --require: makes a worker of a pool fail for real, in the middle of its work. WEFT_FAULT names
// what is to happen, and how many pieces of work the worker takes before.
const { writeSync } = require('node:fs');
const { isMainThread, threadId } = require('node:worker_threads');

const [fault, pieces] = (process.env.WEFT_FAULT ?? '').split('@');

const faults = {
  throw() {
    throw new Error('a fault that was injected');
  },
  exit() {
    process.exit(7);
  },
  memory() {
    for (const hoard = []; ; ) hoard.push(new Array(10_000).fill(0.5).map(Math.sqrt));
  },
  hang() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
};

// The words of control, and the one from which workers draw their work.
const CONTROL_WORDS = 16;
const TICKET = 2;

if (!isMainThread && threadId === 1 && faults[fault]) {
  const { add } = Atomics;
  let taken = 0;
  Atomics.add = (words, index, value) => {
    const isTicket = words.length === CONTROL_WORDS && index === TICKET;
    if (isTicket && ++taken === Number(pieces)) {
      writeSync(2, `Injected: ${fault}\n`);
      faults[fault]();
    }
    return add(words, index, value);
  };
}
