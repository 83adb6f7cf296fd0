import { mkdirSync, writeFileSync } from 'node:fs';
import { availableThreads, useVectors } from '@weft/pool';
import { commandLine, wholeNumber, wrongUsage } from '../../scripts/command-line.js';
import type { Simd } from '../../scripts/node-releases.js';
import { afterwards, describeMachine, machine } from './machine.js';
import { lineOf, type Measurement } from './measure.js';
import { availableNumerics, type Numerics } from './numerics.js';
import { columnsOf, inTurns, linesOf, measuredIn, rowsOf, titleOf } from './releases.js';
import { SUITES } from './suites.js';

const HEADING = `${'suite'.padEnd(9)} ${'case'.padEnd(58)} ${'median'.padStart(12)} ${'middle half'.padStart(20)} ${'rate'.padStart(22)}`;

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
    node: { value: 'N,N', help: 'Compare releases of Node, such as 20,24,26, which npm brings; a round each in turn.' },
    simd: { value: 'BITS,BITS', help: 'Compare widths of vectors, 128 and 256; default all that each release has.' },
    rounds: { value: 'N', default: '5', help: 'Rounds, if releases or widths are compared.' },
    json: { help: 'Print the measurements as JSON, and write no file.' },
    list: { help: 'Name the suites, and measure nothing.' },
  },
});
// The process is the benchmark's own, as that of the command is.
useVectors(undefined, true);
const unknown = positionals.filter((name) => !Object.hasOwn(SUITES, name));
const threads = values.threads.split(',').map(Number);
const available = availableNumerics();
const widths = values.simd?.split(',') as readonly Simd[] | undefined;
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
} else if (widths?.some((bits) => bits !== '128' && bits !== '256')) {
  wrongUsage(`--simd: got ${values.simd}; expected 128, 256 or both.`);
} else if (values.node === undefined && widths === undefined) {
  await run();
} else {
  await compareReleases(wholeNumber('--rounds', values.rounds, 1));
}

async function run(): Promise<void> {
  const before = machine();
  const isShown = !values.json;
  if (isShown) console.log(`${describeMachine(before)} before\n${HEADING}`);
  const measurements: Measurement[] = [];
  const defaults = Object.keys(SUITES).filter((name) => SUITES[name].isDefault);
  for (const name of positionals.length > 0 ? positionals : defaults) {
    const found = await SUITES[name].run({ threads, numerics });
    if (isShown) for (const measurement of found) console.log(lineOf(measurement));
    measurements.push(...found);
  }
  if (isShown) write({ machine: afterwards(before), measurements });
  else process.stdout.write(JSON.stringify(measurements));
}

/** The suites in each release and width, in turns. */
async function compareReleases(rounds: number): Promise<void> {
  const before = machine();
  const say = (line: string) => console.log(line);
  const columns = columnsOf(values.node?.split(','), widths, say);
  if (columns.length === 0) throw new Error('None of these releases is to be had.');
  const kinds = values.numerics === undefined ? [] : ['--numerics', values.numerics];
  const results = await inTurns(columns, rounds, (column, round) => {
    say(`round ${round + 1} of ${rounds}: ${titleOf(column)}`);
    return measuredIn(column, [...positionals, '--threads', values.threads, ...kinds]);
  });
  const rows = rowsOf(results);
  console.log(describeMachine(afterwards(before)));
  for (const line of linesOf(columns, rows)) console.log(line);
  write({ machine: afterwards(before), columns: columns.map(titleOf), rows, results });
}

function write(content: object): void {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(`Written to benchmarks/results/${file.pathname.split('/').at(-1)}`);
}
