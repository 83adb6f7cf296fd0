import { mkdirSync, writeFileSync } from 'node:fs';
import type { StepCost } from '@weft/cluster';
import { convAutoencoder } from '@weft/models';
import { hasServer } from '../../../scripts/cluster-processes.js';
import { commandLine, wholeNumber, wrongUsage } from '../../../scripts/command-line.js';
import { afterwards, describeMachine, machine } from '../machine.js';
import { quartiles } from '../statistics.js';
import { measureBalance } from './balance.js';
import { checkFormula, measureHandling } from './check.js';
import { measureEfficiency } from './efficiency.js';
import { type Asked, predictions } from './predict.js';
import { type MeasuredCost, measureCost } from './step-cost.js';
import { kilobytes, milliseconds, percent, tableOf } from './tables.js';

const BATCH = 256;
const LARGE_BATCH = 4096;
const PARTS = ['efficiency', 'balance', 'formula'];

const { positionals, values } = commandLine({
  name: 'pnpm bench:cluster',
  arguments: ['PART...'],
  about: `Measures training on a cluster of this machine's processes, and checks the formula of a step's time. Parts: ${PARTS.join(', ')}; all by default.`,
  options: {
    rounds: { value: 'N', default: '5', help: 'Rounds in which one process and the cluster take turns.' },
    steps: { value: 'N', default: '20', help: 'Steps of an epoch, where times are compared.' },
    workers: { value: 'N,N', default: '1,2,3,7', help: 'Numbers of workers.' },
  },
});
const rounds = wholeNumber('--rounds', values.rounds, 1);
const steps = wholeNumber('--steps', values.steps, 1);
const counts = values.workers.split(',').map((text) => wholeNumber('--workers', text, 1));
const unknown = positionals.filter((part) => !PARTS.includes(part));
if (unknown.length > 0) wrongUsage(`There is no part ${unknown.join(', ')}. Parts: ${PARTS.join(', ')}.`);
if (!(await hasServer())) wrongUsage('There is no nats-server here. Install one, such as by apt install nats-server.');
const has = (part: string) => positionals.length === 0 || positionals.includes(part);

const before = machine();
console.log(`${describeMachine(before)} before\n`);
const results: Record<string, unknown> = {};
const run = { batchSize: BATCH, steps, epochs: 4 };
/** Where epochs of some steps are compared with epochs of twice as many. */
const few = { batchSize: BATCH, steps: 5, epochs: 3 };
if (has('efficiency')) results.efficiency = await efficiency();
const cost = has('balance') || has('formula') ? await stepCost(BATCH, rounds) : undefined;
if (cost) results.cost = cost;
if (cost && has('balance')) results.balance = await balance(cost);
if (cost && has('formula')) results.formula = await formula(cost);
const at = afterwards(before);
console.log(describeMachine(at));
const folder = new URL('../../results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = `cluster-${new Date().toISOString().replaceAll(':', '-')}.json`;
writeFileSync(new URL(file, folder), `${JSON.stringify({ machine: at, ...results }, null, 2)}\n`);
console.log(`Written to benchmarks/results/${file}`);

async function efficiency() {
  const found = await measureEfficiency(rounds, run);
  const [low, high] = quartiles(found.ratios).map((ratio) => ratio.toFixed(3));
  console.log(
    `A step of the CAE at batch ${BATCH}: two threads ${milliseconds(found.pool)} ms, two workers of one thread ` +
      `${milliseconds(found.cluster)} ms: ${(found.pool / found.cluster).toFixed(3)} (rounds: ${low} to ${high})\n`,
  );
  return found;
}

async function stepCost(batch: number, turns: number): Promise<MeasuredCost> {
  const found = await measureCost(() => convAutoencoder().model, batch, turns);
  const { leaves, leafSeconds, bytes } = found.round;
  console.log(
    `A step of the CAE at batch ${batch} on one core: ${leaves} leaves of ${milliseconds(leafSeconds)} ms, ` +
      `${milliseconds(found.replicatedSeconds)} ms besides; sums of ${kilobytes(bytes)} kB\n`,
  );
  return found;
}

async function balance({ round }: MeasuredCost) {
  const found = [];
  for (const workers of counts.filter((count) => count > 1)) {
    found.push(await measureBalance(workers, round, { ...few, epochs: 1 }));
  }
  const rows = found.map(({ workers, microBatches, sent, received, predicted, bound }) => [
    `${workers}`,
    microBatches.map((count) => count.toFixed(1)).join(', '),
    ...[sent, predicted.sent, received, predicted.received, bound].map(kilobytes),
  ]);
  const head = ['Workers', 'Micro-batches of each', 'Sent, kB', 'formula', 'Received, kB', 'formula', 'Bound, kB'];
  console.log(`${tableOf(head, rows)}\n`);
  return found;
}

async function formula(measured: MeasuredCost) {
  const handling = await measureHandling(few);
  const { secondsPerByte, secondsPerMessage } = handling;
  console.log(
    `A machine takes ${(1e9 * secondsPerByte).toFixed(1)} ns for a byte and ` +
      `${(1e6 * secondsPerMessage).toFixed(0)} us for a message\n`,
  );
  const costOf = ({ round, replicatedSeconds }: MeasuredCost): StepCost => {
    return { rounds: [round], replicatedSeconds, ...handling };
  };
  const checked = await checkFormula(measured, costOf(measured), counts, few);
  const rows = checked.map(({ network, workers, measured: seconds, predicted }) => [
    network.name,
    `${workers}`,
    milliseconds(seconds),
    milliseconds(predicted),
    percent(seconds / predicted),
  ]);
  console.log(`${tableOf(['Network', 'Workers', 'Measured, ms', 'Formula, ms', 'Ratio'], rows)}\n`);
  const large = await stepCost(LARGE_BATCH, 1);
  const asked: Asked[] = [
    { name: `batch ${BATCH}, 1 core each`, cores: 1, cost: costOf(measured) },
    { name: `batch ${LARGE_BATCH}, 8 cores each`, cores: 8, cost: costOf(large) },
  ];
  console.log(`${predictions(asked)}\n`);
  return { handling, checked, large };
}
