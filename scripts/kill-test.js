// Kills runs with SIGKILL at random moments, resumes them to the end, and compares their bits with those of a run that
// was left alone: node scripts/kill-test.js [RUNS] [SEED]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commandLine, wholeNumber } from './command-line.js';

const COMMAND = fileURLToPath(new URL('../packages/cli/bin/weft.js', import.meta.url));

/** A run that is short, and takes many checkpoints. */
const SMALL = ['--dataset', 'synthetic', '--limit', '600', '--test-limit', '12', '--batch-size', '64'];
const RUN = [...SMALL, '--epochs', '2', '--checkpoint-every', '2steps', '--quiet'];

/** Kills of one run, at most. */
const MOST_KILLS = 4;

/** More files than this are written by every run to its end, wherever it is resumed. */
const FILES = 12;

/**
 * Variables that have a command kill itself where it writes a file, by number and place: see kill-at.cjs.
 *
 * @param {number} number
 * @param {'half' | 'whole' | 'named'} place
 */
export const killedAt = (number, place) => ({
  NODE_OPTIONS: `--require ${JSON.stringify(fileURLToPath(new URL('./kill-at.cjs', import.meta.url)))}`,
  WEFT_KILL_AT: `${number}@${place}`,
});

/**
 * @typedef {object} Outcome
 * @property {number} kills processes that were killed
 * @property {number} writes kills in the midst of which a file was being written
 * @property {number} checkpoints of these, writes of a checkpoint
 * @property {string} fault what is not as it should be; empty if all is
 */

/**
 * Runs the command; kills it when the promise says so.
 *
 * @param {readonly string[]} args
 * @param {((abort: AbortSignal) => Promise<unknown>) | Readonly<Record<string, string>>} [moment] or variables that have
 *   it kill itself
 * @returns {Promise<{ killed: boolean, code: number | null, stderr: string }>}
 */
function train(args, moment) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, 'train', ...args], {
      env: { ...process.env, ...(typeof moment === 'object' && moment) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new AbortController();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended.abort();
      resolve({ killed: signal === 'SIGKILL', code, stderr });
    });
    if (typeof moment === 'function') moment(ended.signal).then(() => child.kill('SIGKILL'), reject);
  });
}

/**
 * A while.
 *
 * @param {number} milliseconds
 * @returns {(ended: AbortSignal) => Promise<void>} that ends early with the process
 */
const after = (milliseconds) => (signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined);

/**
 * The moment at which so many files have begun to be written among a run's checkpoints.
 *
 * @param {string} run folder of the run
 * @param {number} count
 * @returns {(ended: AbortSignal) => Promise<void>}
 */
const inWrite = (run, count) => async (ended) => {
  const folder = join(run, 'checkpoints');
  while (!existsSync(folder) && !ended.aborted) await after(2)(ended);
  if (ended.aborted) return;
  await new Promise((resolve) => {
    let seen = 0;
    const watcher = watch(folder, { signal: ended }, (event, file) => {
      if (event === 'rename' && file?.includes('-step-') && file.endsWith('.tmp') && ++seen === count)
        resolve(undefined);
    });
    watcher.on('error', () => resolve(undefined));
    ended.addEventListener('abort', () => resolve(undefined));
  });
};

/**
 * Everything of a finished run that must not depend on whether it was killed.
 *
 * @param {string} run
 * @returns {string}
 */
export function bitsOf(run) {
  const { models } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'));
  const losses = readFileSync(join(run, 'metrics.csv'), 'utf8').replaceAll(/(,[^,]*){2}$/gm, '');
  const sha256 = (/** @type {string} */ file) => {
    const bytes = readFileSync(join(run, file));
    return `${file} ${createHash('sha256').update(bytes).digest('hex')}`;
  };
  const files = Object.keys(models).flatMap((model) => [
    `${model}.safetensors`,
    join('checkpoints', `${model}-best.safetensors`),
  ]);
  const results = Object.entries(models).map(([name, { weightsSha256, testError }]) =>
    JSON.stringify({ name, weightsSha256, testError }),
  );
  return [...results, ...files.map(sha256), losses].join('\n');
}

/**
 * A number from 0 to below 1, the same for the same numbers.
 *
 * @param {...number} numbers
 */
export function draw(...numbers) {
  return createHash('sha256').update(numbers.join()).digest().readUInt32BE(0) / 2 ** 32;
}

/**
 * Kills a run again and again, and resumes it to the end.
 *
 * @param {string} run where it is to be
 * @param {readonly string[]} args
 * @param {{ seed: number, index: number, seconds: number, wanted: string, isCounted: boolean }} options `seconds` that a
 *   run takes that is left alone, and its bits
 * @returns {Promise<Outcome>}
 */
async function killedRun(run, args, { seed, index, seconds, wanted, isCounted }) {
  const outcome = { kills: 0, writes: 0, checkpoints: 0, fault: '' };
  for (let attempt = 0; ; attempt++) {
    // Killed before its options were written, a run was never begun.
    const resumes = existsSync(join(run, 'options.json'));
    const call = resumes ? ['--resume', run, '--quiet'] : [...args, '--out', run];
    const random = (/** @type {number} */ purpose) => draw(seed, index, attempt, purpose);
    // Every second kill waits for a checkpoint that is being written.
    const timed = () =>
      random(0) < 0.5 ? after(random(1) * seconds * 1000) : inWrite(run, 1 + Math.floor(random(1) * 8));
    const counted = () =>
      killedAt(
        1 + Math.floor(random(0) * FILES),
        /** @type {const} */ (['half', 'whole', 'named'])[Math.floor(random(1) * 3)],
      );
    const moment = attempt >= MOST_KILLS ? undefined : isCounted ? counted() : timed();
    const { killed, code, stderr } = await train(call, moment);
    if (!killed) {
      if (code !== 0) outcome.fault = `exit code ${code}: ${stderr.trim()}`;
      else if (/damaged/.test(stderr)) outcome.fault = stderr.trim();
      else if (bitsOf(run) !== wanted) outcome.fault = 'other bits';
      else if (filesOf(run).some((file) => /\.tmp$|lock$/.test(file)))
        outcome.fault = 'files of processes that were killed are left';
      return outcome;
    }
    outcome.kills++;
    const halves = filesOf(run).filter((file) => file.endsWith('.tmp'));
    if (halves.length > 0) outcome.writes++;
    if (halves.some((file) => file.includes('-step-'))) outcome.checkpoints++;
  }
}

/** @param {string} run */
function filesOf(run) {
  return existsSync(run) ? readdirSync(run, { recursive: true }).map(String) : [];
}

/**
 * Kills and resumes runs one after another.
 *
 * @param {{ runs: number, seed: number, isCounted?: boolean, args?: readonly string[], report?: (line: string) => void }} options
 *   `isCounted` for kills at files by their number rather than at moments, so that it does not matter how fast runs are
 * @returns {Promise<Outcome[]>}
 */
export async function killTest({ runs, seed, isCounted = false, args = [], report = () => {} }) {
  const folder = mkdtempSync(join(tmpdir(), 'weft-killed-'));
  try {
    const alone = join(folder, 'alone');
    const began = performance.now();
    const { code, stderr } = await train([...RUN, ...args, '--out', alone]);
    if (code !== 0) throw new Error(`The run that is left alone failed.\n${stderr}`);
    const seconds = (performance.now() - began) / 1000;
    const wanted = bitsOf(alone);
    report(`A run that is left alone takes ${seconds.toFixed(1)} s.\n${wanted.split('\n').slice(0, 2).join('\n')}`);
    const outcomes = [];
    for (let index = 0; index < runs; index++) {
      const run = join(folder, `killed-${index}`);
      const outcome = await killedRun(run, [...RUN, ...args], { seed, index, seconds, wanted, isCounted });
      const { kills, writes, checkpoints, fault } = outcome;
      report(
        `${index + 1}/${runs}  killed ${kills} times, ${writes} of them while writing, ${checkpoints} a checkpoint: ${fault || 'the same bits'}`,
      );
      outcomes.push(outcome);
      rmSync(run, { recursive: true, force: true });
    }
    return outcomes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { positionals } = commandLine({
    name: 'pnpm kill-test',
    arguments: ['RUNS', 'SEED'],
    about: 'Kills runs (default 60) at random moments (seed 1), resumes them, and compares their bits.',
  });
  const runs = wholeNumber('RUNS', positionals[0] ?? '60', 1);
  const seed = wholeNumber('SEED', positionals[1] ?? '1', 0);
  const outcomes = await killTest({ runs, seed, report: (line) => console.log(line) });
  const sum = (/** @type {'kills' | 'writes' | 'checkpoints'} */ what) =>
    outcomes.reduce((total, outcome) => total + outcome[what], 0);
  const same = outcomes.filter(({ fault }) => fault === '').length;
  console.log(
    `${same} of ${runs} runs end with the same bits. Killed ${sum('kills')} times: ${sum('writes')} while writing a file, ${sum('checkpoints')} of them a checkpoint.`,
  );
  if (same < runs) process.exitCode = 1;
}
