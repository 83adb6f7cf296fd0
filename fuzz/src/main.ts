import { commandLine, wholeNumber, wrongUsage } from '../../scripts/command-line.js';
import { fuzz } from './fuzz.js';
import { loadTarget } from './load-target.js';
import { targets } from './targets/index.js';
import type { Finding, Report } from './task.js';

/** Inputs for each reader in a night. */
const COUNT = '20000';
/** Characters of an input that are printed: the seed and the number say which it was. */
const LONGEST_INPUT = 600;

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
  const { values } = commandLine({
    name: 'pnpm fuzz',
    about: 'Gives hostile input to every reader of what others have written.',
    options: {
      target: {
        value: 'NAME',
        multiple: true,
        help: `A reader; default all: ${targets.map(({ name }) => name).join(', ')}.`,
      },
      count: { value: 'N', default: COUNT, help: 'Inputs for each reader.' },
      seed: { value: 'N', default: '1', help: 'Decides the inputs.' },
      longest: { value: 'SECONDS', default: '1', help: 'Time of the processor that an input may take.' },
      patience: { value: 'SECONDS', default: '20', help: 'How long a reader may take for an input.' },
    },
  });
  const count = wholeNumber('--count', values.count, 0);
  const seed = wholeNumber('--seed', values.seed, 0);
  const longestSeconds = wholeNumber('--longest', values.longest, 0);
  const patienceSeconds = wholeNumber('--patience', values.patience, 0);
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
  wrongUsage((error as Error).message);
}
