import { mkdirSync, writeFileSync } from 'node:fs';
import { availableThreads, useVectors } from '@weft/pool';
import { commandLine, wrongUsage } from '../../scripts/command-line.js';
import { afterwards, describeMachine, machine } from './machine.js';
import { lineOf, type Measurement } from './measure.js';
import { availableNumerics, type Numerics } from './numerics.js';
import { SUITES } from './suites.js';

const { positionals, values } = commandLine({
  name: 'pnpm bench',
  arguments: ['SUITE...'],
  about: 'Measures how fast Weft is, and writes the numbers to benchmarks/results.',
  options: {
    threads: {
      value: 'N,N',
      default: [...new Set([1, availableThreads()])].join(),
      help: 'Numbers of threads to measure with.',
    },
    numerics: { value: 'KIND,KIND', help: 'exact, relaxed or both; default all that this engine can do.' },
    list: { help: 'Name the suites, and measure nothing.' },
  },
});
// The process is the benchmark's own, as that of the command is.
useVectors(undefined, true);
const unknown = positionals.filter((name) => !Object.hasOwn(SUITES, name));
const threads = values.threads.split(',').map(Number);
const available = availableNumerics();
const numerics = (values.numerics?.split(',') ?? available) as readonly Numerics[];

if (values.list) {
  for (const [name, { about, isDefault }] of Object.entries(SUITES)) {
    console.log(`${name.padEnd(9)} ${about}${isDefault ? '' : ' (only by name)'}`);
  }
} else if (unknown.length > 0) {
  wrongUsage(`There is no suite ${unknown.join(', ')}. Suites: ${Object.keys(SUITES).join(', ')}; --list tells more.`);
} else if (!threads.every((count) => Number.isInteger(count) && count >= 1)) {
  wrongUsage(`--threads: got ${values.threads}; expected whole numbers from 1, such as 1,2.`);
} else if (!numerics.every((kind) => available.includes(kind))) {
  wrongUsage(`--numerics: got ${values.numerics}; this engine can do ${available.join(',')}.`);
} else {
  await run();
}

async function run(): Promise<void> {
  const before = machine();
  console.log(`${describeMachine(before)} before`);
  console.log(
    `${'suite'.padEnd(9)} ${'case'.padEnd(58)} ${'median'.padStart(12)} ${'middle half'.padStart(20)} ${'rate'.padStart(22)}`,
  );
  const measurements: Measurement[] = [];
  const defaults = Object.keys(SUITES).filter((name) => SUITES[name].isDefault);
  for (const name of positionals.length > 0 ? positionals : defaults) {
    const found = await SUITES[name].run({ threads, numerics });
    for (const measurement of found) console.log(lineOf(measurement));
    measurements.push(...found);
  }
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ machine: afterwards(before), measurements }, null, 2)}\n`);
  console.log(`Written to benchmarks/results/${file.pathname.split('/').at(-1)}`);
}
