import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  type ClusterExecutorOptions,
  type Connection,
  clusterExecutor,
  connect,
  type PerformServedTrial,
  type ServeTrialsOptions,
  type StudyTrialEvent,
  serveTrials,
  type WorkerTrialEvent,
} from '../../packages/cluster/src/index.js';
import { localExecutor, performInFolder, runStudy, type Study } from '../../packages/study/src/index.js';
import { complete, FakeTraining } from '../../packages/study/test/fake-training.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

const study = (count: number): Study => ({
  name: 'seeds',
  title: 'Seeds',
  base: { epochs: 3 },
  trials: Array.from({ length: count }, (_, seed) => ({ name: `seed-${seed}`, options: { seed } })),
  measures: [{ kind: 'brightness', of: 'test' }],
  report: 'table',
});

const DATA = { dataset: 'synthetic', train: 'a'.repeat(64), test: 'b'.repeat(64) };
const VERSIONS = { weft: '0.1.0', numerics: 4 };
const RUN_FILES = ['options.json', 'run.json'];

/** Performs a trial as the command does, with a training that is a function of its options. */
const perform: PerformServedTrial = (trial, directory, signal) =>
  performInFolder({
    directory,
    complete,
    train: new FakeTraining().train,
    measure: async ({ of }, { trial: { name } }) => `${of} ${name}`,
  })(trial, signal);

inNats('trials on workers', () => {
  let server: NatsServer;
  let root: string;
  let connection: Connection;
  let clusters = 0;
  /** Ends all workers of a test. */
  let leave: AbortController;
  let workers: Promise<void>[];

  beforeAll(async () => {
    server = await startNats();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'weft-queue-'));
    connection = await connect(server.url);
    clusters++;
    leave = new AbortController();
    workers = [];
  });
  afterEach(async () => {
    leave.abort();
    await Promise.all(workers);
    await connection.close();
    await rm(root, { recursive: true, force: true });
  });

  const place = () => ({ ...connection, name: `test-${clusters}` });

  /** A worker, and what it tells. */
  function worker(id: string, work: PerformServedTrial = perform, options: Partial<ServeTrialsOptions> = {}) {
    const told: WorkerTrialEvent[] = [];
    const served = serveTrials(place(), work, {
      worker: id,
      folder: join(root, `work-${id}`),
      versions: VERSIONS,
      signal: leave.signal,
      check: () => undefined,
      dataOf: async () => DATA,
      isRunFile: (path) => RUN_FILES.includes(path),
      resumableFiles: async () => ['options.json'],
      onEvent: (event) => told.push(event),
      silenceSeconds: 2,
      ...options,
    });
    workers.push(served);
    return told;
  }

  function executor(directory: string, options: Partial<ClusterExecutorOptions> = {}) {
    const told: StudyTrialEvent[] = [];
    const made = clusterExecutor(place(), {
      directory,
      complete,
      versions: VERSIONS,
      dataOf: async () => DATA,
      isRunFile: (path) => RUN_FILES.includes(path),
      perform,
      continuedFiles: async () => RUN_FILES,
      onEvent: (event) => told.push(event),
      pollSeconds: 0.1,
      ...options,
    });
    return { executor: made, told };
  }

  /** What an executor that performs trials here comes to. */
  async function expected(of: Study): Promise<string[]> {
    const directory = join(root, 'local');
    await runStudy(of, { directory, executor: localExecutor((trial, signal) => perform(trial, directory, signal)) });
    return texts(directory);
  }
  const texts = (directory: string) =>
    Promise.all(['results.json', 'results.csv'].map((file) => readFile(join(directory, file), 'utf8')));

  const names = (events: readonly { kind: string; trial?: string }[], kind: string) =>
    events.filter((event) => event.kind === kind).map(({ trial }) => trial);

  it('gives the same results as trials that are performed here, each by one worker', async () => {
    const directory = join(root, 'far');
    const asked = executor(directory);
    const told = ['a', 'b', 'c'].map((id) => worker(id));
    const done: string[] = [];
    await runStudy(study(24), { directory, executor: asked.executor, onDone: ({ name }) => done.push(name) });
    expect(await texts(directory)).toEqual(await expected(study(24)));
    expect(new Set(done).size).toBe(24);
    expect(told.flatMap((events) => names(events, 'begun')).length).toBe(24);
    expect(await readFile(join(directory, 'measurements', 'seed-3.json'), 'utf8')).toContain('test seed-3');
    expect(names(asked.told, 'done').length).toBe(24);
  });

  it('goes on when the server is restarted', async () => {
    const directory = join(root, 'far');
    const asked = executor(directory);
    let restarted: Promise<void> | undefined;
    const slow: PerformServedTrial = async (...args) => {
      restarted ??= server.restart();
      await restarted;
      return perform(...args);
    };
    for (const id of ['a', 'b']) worker(id, slow);
    await runStudy(study(8), { directory, executor: asked.executor });
    expect(await texts(directory)).toEqual(await expected(study(8)));
    expect(names(asked.told, 'done').length).toBe(8);
  });
});
