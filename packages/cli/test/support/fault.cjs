// Given to node with --require: makes a worker of a pool fail for real, in the middle of its work. WEFT_FAULT names
// what is to happen, and how many pieces of work the worker takes before. With WEFT_HOLD all workers stop, instead, once
// stderr has had a text, at the next piece of work that they take, until a file is there: the command cannot get ahead
// of a test, however slow the machine is. With WEFT_INTERRUPT the command is sent SIGINT when it makes that folder.
const { existsSync, writeSync } = require('node:fs');
const files = require('node:fs/promises');
const { syncBuiltinESMExports } = require('node:module');
const { getEnvironmentData, isMainThread, setEnvironmentData, threadId } = require('node:worker_threads');

const [fault, pieces] = (process.env.WEFT_FAULT ?? '').split('@');
const hold = process.env.WEFT_HOLD && JSON.parse(process.env.WEFT_HOLD);

/** Sleeps for a while, or for ever. */
const sleep = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

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
    sleep();
  },
};

/** One word that workers share with the main thread: whether they are to stop. */
const HELD = 'weft-held';

if (isMainThread && hold) {
  const held = new Int32Array(new SharedArrayBuffer(4));
  setEnvironmentData(HELD, held);
  const { write } = process.stderr;
  let printed = '';
  process.stderr.write = function (text, ...rest) {
    printed += text;
    if (printed.includes(hold.text)) Atomics.store(held, 0, 1);
    return write.call(this, text, ...rest);
  };
}

if (isMainThread && process.env.WEFT_INTERRUPT) {
  const { mkdir } = files;
  files.mkdir = async (folder, ...rest) => {
    if (folder === process.env.WEFT_INTERRUPT) process.kill(process.pid, 'SIGINT');
    return mkdir(folder, ...rest);
  };
  syncBuiltinESMExports();
}

/** Waits, where workers are to stop, until they may go on. */
function stop() {
  const held = getEnvironmentData(HELD);
  if (Atomics.load(held, 0) === 0 || existsSync(hold.until)) return;
  writeSync(2, 'Held\n');
  while (!existsSync(hold.until)) sleep(20);
}

if (!isMainThread && (hold || (threadId === 1 && faults[fault]))) {
  const { add } = Atomics;
  let taken = 0;
  // Workers draw tickets from arrays of a single word; the barrier's words are two.
  Atomics.add = (words, index, value) => {
    const isTicket = words.length === 1;
    if (isTicket && hold) stop();
    else if (isTicket && ++taken === Number(pieces)) {
      writeSync(2, `Injected: ${fault}\n`);
      faults[fault]();
    }
    return add(words, index, value);
  };
}
