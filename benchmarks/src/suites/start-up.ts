import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { add, grad, mean, placeholder } from '@weft/core';
import { compile, trace } from '@weft/core/program';
import { convAutoencoder } from '@weft/models';
import { CallContext, meanSquaredError } from '@weft/nn';
import { type Measurement, measureInTurn, summarise } from '../measure.js';
import { inputPlaces } from '../programs.js';

const RUNS = 7;
const PIECE = 8;

/** From `weft train` to the end of its first step, and what compiling the step's program is of that. */
export async function measureStartUp(): Promise<Measurement[]> {
  const datasets = process.env.WEFT_DATA_DIR === undefined ? ['synthetic'] : ['synthetic', 'fashion-mnist'];
  const results: Measurement[] = [];
  for (const dataset of datasets) {
    const times: number[] = [];
    while (times.length < RUNS) times.push(await firstStep(dataset));
    results.push(summarise('start-up', `weft train to its first step, ${dataset}`, times));
  }
  const { program, memory, places } = trainingProgram();
  const { bytes } = compile(program, { inputs: places, memory });
  const cases = [
    {
      name: `training program of ${PIECE} images compiled to WebAssembly`,
      prepare: () => ({ run: () => void compile(program, { inputs: places, memory }) }),
    },
    {
      name: `${Math.round(bytes.length / 1000)} kB of WebAssembly made a module`,
      prepare: () => ({ run: () => void new WebAssembly.Module(bytes) }),
    },
  ];
  return [...results, ...(await measureInTurn('start-up', cases, 1000))];
}

/**
 * Milliseconds from the start of the process to the line after a first epoch that is one step long: elsewhere than
 * on a terminal, single steps are not shown. All data are read or drawn.
 */
function firstStep(dataset: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'weft-start-up-'));
  const command = fileURLToPath(new URL('../../../packages/cli/bin/weft.js', import.meta.url));
  const options = ['--model', 'cae', '--dataset', dataset, '--out', join(folder, 'run')];
  const oneStep = ['--limit', '256', '--batch-size', '256', '--validation-split', '0', '--epochs', '1'];
  const started = performance.now();
  const child = spawn(process.execPath, [command, 'train', ...options, ...oneStep], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  return new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (!/ 1\/1 {2}loss /.test(line)) return;
      resolve(performance.now() - started);
      child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      rmSync(folder, { recursive: true, force: true });
      reject(new Error(`start-up: weft train ended before its first step: ${said.join(' ')}`));
    });
  });
}

/** Forward and backward for a piece, as a trainer builds it. */
function trainingProgram() {
  const { model } = convAutoencoder();
  const float32 = (shape: readonly number[], name: string) => placeholder({ shape, dtype: 'float32' }, name);
  const x = float32([PIECE, ...model.inputShape], 'x');
  const weights = model.weights.map(({ weight }) => weight.tensor);
  const sums = weights.map(({ shape }) => float32(shape, 'sum'));
  const loss = mean(meanSquaredError(model.call(x, new CallContext({ training: true })), x));
  const outputs = [loss, ...grad(loss, weights).map((gradient, index) => add(sums[index], gradient))];
  const { program } = trace(outputs, [x, ...weights, ...sums]);
  return { program, places: inputPlaces(program).places, memory: { initial: 1, maximum: 65536, shared: true } };
}
