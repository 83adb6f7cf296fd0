import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';
import { loadTarget } from './load-target.js';
import { targets } from './targets/index.js';
import type { Finding, Report } from './task.js';

const USAGE = 'pnpm fuzz [--target NAME]... [--count N] [--seed N] [--longest SECONDS] [--patience SECONDS]';

/** Inputs for each reader in a night. */
const COUNT = '20000';
/** Characters of an input that are printed: the seed and the number say which it was. */
const LONGEST_INPUT = 600;

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RangeError(`--${name}: got '${text}', expected a whole number. Usage: ${USAGE}`);
}

function line(cells: readonly string[]): string {
  return cells.map((cell, column) => (column === 0 ? cell.padEnd(14) : cell.padStart(11))).join(' ');
}

function rowOf(name: string, { accepted, refused, slowestSeconds, mostAllocated, findings }: Report): string {
  const slowest = `${(slowestSeconds * 1000).toFixed(0)} ms`;
  const most = `${(mostAllocated / 2 ** 20).toFixed(1)} MiB`;
  return line([name, `${accepted + refused}`, `${accepted}`, `${refused}`, slowest, most, `${findings.length}`]);
}

function describe(target: string, seed: number, { index, fault, input }: Finding): string {
  const shown = input.length > LONGEST_INPUT ? `${input.slice(0, LONGEST_INPUT)}...` : input;
  return `${target}, --seed ${seed}, input ${index}: ${fault}\n  base64: ${shown}`;
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true },
      count: { type: 'string', default: COUNT },
      seed: { type: 'string', default: '1' },
      longest: { type: 'string', default: '1' },
      patience: { type: 'string', default: '20' },
    },
  });
  const count = wholeNumber('count', values.count);
  const seed = wholeNumber('seed', values.seed);
  const longestSeconds = wholeNumber('longest', values.longest);
  const patienceSeconds = wholeNumber('patience', values.patience);
  const names = values.target ?? targets.map(({ name }) => name);
  for (const name of names) await loadTarget(name);
  console.log(line(['target', 'inputs', 'read', 'refused', 'slowest', 'allocated', 'faults']));
  let faults = 0;
  for (const target of names) {
    const report = await fuzz({ target, seed, count, longestSeconds, patienceSeconds });
    console.log(rowOf(target, report));
    for (const finding of report.findings) console.error(describe(target, seed, finding));
    faults += report.findings.length;
    if (report.findings.length === 0 && (report.accepted === 0 || report.refused === 0)) {
      console.error(`${target}: all inputs were ${report.accepted === 0 ? 'refused' : 'read'}, which shows nothing.`);
      faults++;
    }
  }
  return faults === 0 ? 0 : 1;
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
