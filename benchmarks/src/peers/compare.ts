import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@weft/core';
import { syntheticGarments } from '@weft/data';
import { startOf } from '../../../scripts/node-releases.js';
import type { Column } from '../releases.js';
import { type Agreement, agreement } from './agreement.js';
import { type Job, type Task, writeTensors } from './job.js';
import { labelsOf, type Network } from './networks.js';
import { onnxModel } from './onnx.js';
import { commandOf, PEERS, type Peer } from './peers.js';
import { EngineProcess } from './process.js';
import type { Batch } from './tensors.js';
import { weftModel } from './weft-model.js';

/** Steps whose losses are compared: the first shows the loss, the second the gradients and Adam. */
const COMPARED_STEPS = 2;

/** A peer that has taken this many times its share of the time sits out; Weft, which others are set against, never. */
const MOST_SHARES = 3;

/** How long to compare. */
export interface ComparisonOptions {
  readonly network: Network;
  readonly batch: number;
  readonly rounds: number;
  /** What a peer does a task for, in each round. */
  readonly milliseconds: number;
  /** Is told what is being done. */
  readonly say: (line: string) => void;
}

/** A peer with a number of threads. */
export interface Entry {
  readonly peer: Peer;
  readonly threads: number;
  readonly fastMath: boolean;
  /** The release of Node and the width of vectors; default this Node at 128 bits. */
  readonly column?: Column;
}

/** What was measured of an entry. */
export interface PeerResult {
  readonly id: string;
  readonly title: string;
  readonly threads: number;
  readonly fastMath: boolean;
  readonly version: string;
  /** Images of the batches that were run; times are for the full batch. */
  readonly batch: number;
  /** By task, by round: milliseconds of single runs, scaled to the full batch. */
  readonly times: Readonly<Partial<Record<Task, readonly (readonly number[])[]>>>;
  readonly agreement: Agreement;
  /** Why it is known to compute something else. */
  readonly deviation?: string;
  /** Largest resident memory of its process, in bytes. */
  readonly memory: number;
}

/** An entry that could not be measured, and why. */
export interface Failure {
  readonly title: string;
  readonly threads: number;
  readonly reason: string;
}

interface Contestant extends Omit<PeerResult, 'times' | 'memory'> {
  readonly engine: EngineProcess;
  readonly tasks: readonly Task[];
  readonly times: Record<Task, number[][]>;
  /** Milliseconds that its turns have taken. */
  spent: number;
  failure?: string;
}

/**
 * Runs a network in every entry, in turns, and checks that all of them compute the same.
 *
 * Weft must be among the entries. Whoever does not have its turn is stopped, so that threads that wait by spinning
 * take nothing from the others; the first of the turns rotates from round to round.
 */
export async function compare(
  entries: readonly Entry[],
  options: ComparisonOptions,
): Promise<{ results: PeerResult[]; failures: Failure[] }> {
  const { network, batch, rounds, milliseconds, say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'weft-peers-'));
  const contestants: Contestant[] = [];
  const failures: Failure[] = [];
  try {
    const jobs = jobWriter(folder, network, batch);
    const expected = referenceOf(jobs);
    for (const entry of entries) {
      const { title } = entry.peer;
      say(`${title}, ${entry.threads} thread${entry.threads > 1 ? 's' : ''}: starting`);
      try {
        contestants.push(await begin(entry, jobs, expected, options));
      } catch (error) {
        failures.push({ title, threads: entry.threads, reason: (error as Error).message });
      }
    }
    for (let round = 0; round < rounds; round++) {
      say(`round ${round + 1} of ${rounds}`);
      const first = round % Math.max(1, contestants.length);
      for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
        await takeTurn(contestant, round, milliseconds, batch / contestant.batch);
      }
    }
    const results: PeerResult[] = [];
    for (const { engine, tasks, spent, failure, ...rest } of contestants) {
      if (failure !== undefined) {
        failures.push({ title: rest.title, threads: rest.threads, reason: failure });
        continue;
      }
      engine.resume();
      const { bytes } = await engine.ask<{ bytes: number }>({ do: 'memory' });
      results.push({ ...rest, memory: bytes });
    }
    return { results, failures };
  } finally {
    for (const { engine } of contestants) engine.end();
    rmSync(folder, { recursive: true });
  }
}

/** Starts an engine, checks its answers and warms it up. */
async function begin(
  { peer, threads, fastMath, column }: Entry,
  jobs: JobWriter,
  expected: (size: number) => Promise<Answers>,
  { batch, milliseconds }: ComparisonOptions,
): Promise<Contestant> {
  const { id, title, tasks, deviation } = peer;
  const size = Math.min(batch, peer.batch ?? batch);
  const start = column && startOf(column.node, column.simd);
  const node = column && [column.node.path, ...(start?.options ?? [])];
  const engine = new EngineProcess(commandOf(peer, threads, node), start?.env);
  try {
    const job = { ...jobs(size), threads, fastMath };
    const { version } = await engine.ask<{ version: string }>({ do: 'start', job });
    const found = await answersOf(engine, job, tasks.includes('step'));
    // Who takes smaller batches has run for long enough by now.
    for (const task of size === batch ? tasks : []) await engine.ask({ do: 'time', task, milliseconds });
    engine.pause();
    return {
      ...{ id, title, threads, fastMath, version, batch: size, tasks, engine, spent: 0 },
      agreement: agreement(await expected(size), found),
      ...(deviation !== undefined && { deviation }),
      times: { step: [], forward: [] },
    };
  } catch (error) {
    engine.end();
    throw error;
  }
}

async function takeTurn(contestant: Contestant, round: number, milliseconds: number, scale: number): Promise<void> {
  const { id, engine, tasks, times, spent, failure } = contestant;
  const sitsOut = id !== 'weft' && spent > MOST_SHARES * round * tasks.length * milliseconds;
  for (const task of tasks) times[task][round] = [];
  if (sitsOut || failure !== undefined) return;
  const started = performance.now();
  try {
    engine.resume();
    for (const task of tasks) {
      const reply = await engine.ask<{ milliseconds: number[] }>({ do: 'time', task, milliseconds });
      times[task][round] = reply.milliseconds.map((time) => time * scale);
    }
    engine.pause();
  } catch (error) {
    contestant.failure = (error as Error).message;
  }
  contestant.spent += performance.now() - started;
}

type JobWriter = (size: number) => Omit<Job, 'threads' | 'fastMath'>;

/** Writes the files of a job once for each size of batch. */
function jobWriter(folder: string, network: Network, batch: number): JobWriter {
  const model = weftModel(network);
  const known = new Map<number, Omit<Job, 'threads' | 'fastMath'>>();
  return (size) => {
    const before = known.get(size);
    if (before) return before;
    const onnx = join(folder, `${size}.onnx`);
    writeFileSync(onnx, onnxModel(network, model.weights, size));
    const examples = batchOf(network, batch, size);
    const job = { network, ...writeTensors(join(folder, `${size}.f32`), model, examples), onnx };
    known.set(size, job);
    return job;
  };
}

/** The first examples of a batch: garments for the autoencoder, else noise, in steps of 1/255. */
function batchOf({ id, inputShape, loss }: Network, batch: number, size: number): Batch {
  const length = inputShape.reduce((a, b) => a * b, 1);
  const noise = new RandomStream(42, 0);
  const bytes =
    id === 'autoencoder'
      ? syntheticGarments({ trainCount: batch, testCount: 10 }).train.images.subarray(0, size * length)
      : Uint8Array.from({ length: size * length }, () => noise.integer(256));
  return {
    images: { shape: [size, ...inputShape], data: Float32Array.from(bytes, (byte) => byte / 255) },
    ...(loss === 'crossentropy' && { targets: { shape: [size], data: labelsOf(size) } }),
  };
}

interface Answers {
  readonly output: Float32Array;
  readonly losses: readonly number[];
}

async function answersOf(engine: EngineProcess, job: Job, trains: boolean): Promise<Answers> {
  const file = `${job.file}.output`;
  await engine.ask({ do: 'output', file });
  const bytes = readFileSync(file);
  const output = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (!trains) return { output, losses: [] };
  const { losses } = await engine.ask<{ losses: number[] }>({ do: 'losses', count: COMPARED_STEPS });
  return { output, losses };
}

/** What exact Weft answers for a size of batch: what the others are checked against. */
function referenceOf(jobs: JobWriter): (size: number) => Promise<Answers> {
  const known = new Map<number, Answers>();
  return async (size) => {
    const before = known.get(size);
    if (before) return before;
    const job = { ...jobs(size), threads: 1, fastMath: false };
    const engine = new EngineProcess(commandOf(PEERS[0], 1));
    try {
      await engine.ask({ do: 'start', job });
      const answers = await answersOf(engine, job, true);
      known.set(size, answers);
      return answers;
    } finally {
      engine.end();
    }
  };
}
