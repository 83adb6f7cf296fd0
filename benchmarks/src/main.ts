import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAnalysis } from './analysis.js';
import { measureConvolutions, measureProducts } from './kernels.js';
import { lineOf, type Measurement } from './measure.js';
import { measureTraining } from './training.js';

const SUITES: Readonly<Record<string, () => Promise<Measurement[]>>> = {
  matmul: () => measureProducts([64, 128, 256, 512]),
  conv2d: measureConvolutions,
  training: () => measureTraining([...new Set([1, availableParallelism()])]),
  analysis: measureAnalysis,
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(
    `There is no suite ${unknown.join(', ')}. Suites: ${Object.keys(SUITES).join(', ')}; all without a name.`,
  );
  process.exitCode = 2;
} else {
  const before = loadavg()[0];
  console.log(
    `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${before.toFixed(2)} before`,
  );
  console.log(
    `${'suite'.padEnd(12)} ${'case'.padEnd(44)} ${'median'.padStart(12)} ${'middle half'.padStart(20)} ${'rate'.padStart(22)}`,
  );
  const measurements: Measurement[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
    const found = await SUITES[name]();
    for (const measurement of found) console.log(lineOf(measurement));
    measurements.push(...found);
  }
  const machine = {
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    node: process.version,
    load: [before, loadavg()[0]],
  };
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${new Date().toISOString().replaceAll(':', '-')}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ machine, measurements }, null, 2)}\n`);
  console.log(`Written to benchmarks/results/${file.pathname.split('/').at(-1)}`);
}
