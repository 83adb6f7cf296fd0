import { createHash } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  type ClusterExecutorOptions,
  type Connection,
  clusterExecutor,
  connect,
  MessageError,
  type PerformServedTrial,
  type ServeTrialsOptions,
  type StudyTrialEvent,
  serveTrials,
  trialMessages,
  type WorkerTrialEvent,
} from '../../packages/cluster/src/index.js';
import { decodeTrial, encodeTrial, trialKey } from '../../packages/cluster/src/sweep/trial-messages.js';
import { TrialQueue } from '../../packages/cluster/src/sweep/trial-queue.js';
import {
  completeTrials,
  localExecutor,
  type PerformInFolderOptions,
  performInFolder,
  runStudy,
  type Study,
  type TrialResult,
} from '../../packages/study/src/index.js';
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

const measure: NonNullable<PerformInFolderOptions['measure']> = async ({ of }, { trial: { name } }) => `${of} ${name}`;

/** Performs a trial as the command does, with a training that is a function of its options. */
const perform: PerformServedTrial = (trial, directory, signal) =>
  performInFolder({
    directory,
    complete,
    train: new FakeTraining().train,
    measure,
  })(trial, signal);

/** Conditions are waited for; a machine may be slow. */
const WAIT = { timeout: 300_000, interval: 50 };

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
    setMaxListeners(100, leave.signal);
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
      ...workerOptions(id),
      onEvent: (event) => told.push(event),
      ...options,
    });
    workers.push(served);
    return told;
  }

  const workerOptions = (id: string): ServeTrialsOptions => ({
    worker: id,
    folder: join(root, `work-${id}`),
    versions: VERSIONS,
    signal: leave.signal,
    check: () => undefined,
    dataOf: async () => DATA,
    isRunFile: (path) => RUN_FILES.includes(path),
    resumableFiles: async () => ['options.json'],
    silenceSeconds: 2,
  });

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

  type Told = { readonly kind: string; readonly trial?: string; readonly worker?: string };
  const names = (events: readonly Told[], kind: string, of: 'trial' | 'worker' = 'trial') =>
    events.filter((event) => event.kind === kind).map((event) => event[of]);

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

  it('lets another worker perform what one refuses, and says why', async () => {
    const directory = join(root, 'far');
    const { executor: asking, told } = executor(directory);
    const run = runStudy(study(3), { directory, executor: asking });
    const own = 'c'.repeat(64);
    worker('other-data', perform, { dataOf: async () => ({ ...DATA, test: own }) });
    worker('other-weft', perform, { versions: { weft: '0.0.9', numerics: 4 } });
    worker('other-bits', perform, { versions: { weft: '0.1.0', numerics: 3 } });
    await vi.waitFor(() => expect(new Set(names(told, 'refused', 'worker')).size).toBe(3), WAIT);
    worker('able');
    await run;
    expect(await texts(directory)).toEqual(await expected(study(3)));
    const said = (id: string) => told.find((event) => event.kind === 'refused' && event.worker === id)?.message;
    expect(said('other-data')).toContain(
      `the test images of synthetic have SHA-256 ${own} here, the trial asks for ${DATA.test}`,
    );
    expect(said('other-weft')).toContain('this worker has Weft 0.0.9, the trial is for 0.1.0');
    expect(said('other-bits')).toContain('this worker has version 3 of the numerics, the trial is for 4');
    expect(new Set(names(told, 'begun', 'worker'))).toEqual(new Set(['able']));
  });

  it('tells the error of a trial after another try, and tries again when it is asked again', async () => {
    const directory = join(root, 'far');
    let tries = 0;
    const failing: PerformServedTrial = async (trial, folder, signal) => {
      if (trial.name !== 'seed-1' || tries >= 2) return perform(trial, folder, signal);
      tries++;
      throw new Error(`no room in ${join(folder, 'trials')}`);
    };
    worker('a', failing);
    const first = executor(directory);
    await expect(runStudy(study(3), { directory, executor: first.executor })).rejects.toThrow(
      /^seed-1: no room in trials \(worker a\)$/,
    );
    expect(tries).toBe(2);
    expect(names(first.told, 'failed')).toEqual(['seed-1']);
    await runStudy(study(3), { directory, executor: executor(directory).executor });
    expect(await texts(directory)).toEqual(await expected(study(3)));
  });

  it('fails a trial that no worker has ended, after so many have begun it', async () => {
    const directory = join(root, 'far');
    // A worker that falls silent: what it holds comes to others when its time is over.
    const hung = new AbortController();
    const silent: PerformServedTrial = () => new Promise((_, reject) => hung.signal.addEventListener('abort', reject));
    const { executor: asking, told } = executor(directory);
    const run = runStudy(study(1), { directory, executor: asking });
    const ended = expect(run).rejects.toThrow(
      'seed-0: a worker has begun it 2 times and was not heard of again, b among them. (worker c)',
    );
    const stopped = [];
    for (const id of ['a', 'b']) {
      const own = await connect(server.url);
      stopped.push(
        serveTrials({ ...own, name: place().name }, silent, { ...workerOptions(id), silenceSeconds: 1 }).catch(
          () => undefined,
        ),
      );
      await vi.waitFor(() => expect(names(told, 'begun', 'worker')).toContain(id), WAIT);
      await own.close();
    }
    worker('c', perform, { silenceSeconds: 1, mostStarts: 2 });
    await ended;
    hung.abort();
    await Promise.all(stopped);
  });

  it.each([
    ['the same bytes', (result: TrialResult) => result, undefined],
    ['other bytes', (result: TrialResult) => ({ ...result, testCount: 11 }), /the worker a has come to another result/],
  ])('compares the results of two workers that come to %s', async (_, change, error) => {
    const directory = join(root, 'far');
    const stop = new AbortController();
    const first = runStudy(study(1), {
      directory,
      executor: executor(directory, { pollSeconds: 600 }).executor,
      signal: stop.signal,
    });
    const aborted = expect(first).rejects.toThrow();
    const free = new AbortController();
    const waiting: PerformServedTrial = async (trial, folder) => {
      if (!free.signal.aborted) await once(free.signal, 'abort');
      return change(await perform(trial, folder, new AbortController().signal));
    };
    // The second worker holds that one who is silent for a second has lost its trial; the first one speaks later.
    const a = worker('a', waiting, { silenceSeconds: 600 });
    await vi.waitFor(() => expect(names(a, 'begun')).toEqual(['seed-0']), WAIT);
    const b = worker('b', perform, { silenceSeconds: 1 });
    await vi.waitFor(() => expect(names(b, 'done')).toEqual(['seed-0']), WAIT);
    free.abort();
    await vi.waitFor(() => expect(names(a, 'done')).toEqual(['seed-0']), WAIT);
    stop.abort();
    await aborted;
    const again = runStudy(study(1), { directory, executor: executor(directory).executor });
    if (error) return await expect(again).rejects.toThrow(error);
    await again;
    expect(await texts(directory)).toEqual(await expected(study(1)));
  });

  it('withdraws what nobody has begun when it is aborted, and takes what was finished meanwhile from the server', async () => {
    const directory = join(root, 'far');
    const stop = new AbortController();
    const free = new AbortController();
    const performed: string[] = [];
    const waiting: PerformServedTrial = async (trial, ...rest) => {
      performed.push(trial.name);
      if (!free.signal.aborted) await once(free.signal, 'abort');
      return perform(trial, ...rest);
    };
    const first = executor(directory);
    const run = runStudy(study(4), { directory, executor: first.executor, signal: stop.signal });
    const aborted = expect(run).rejects.toThrow('enough');
    const told = worker('a', waiting);
    await vi.waitFor(() => expect(names(first.told, 'begun').length).toBe(1), WAIT);
    stop.abort(new Error('enough'));
    await aborted;
    free.abort();
    await vi.waitFor(() => expect(names(told, 'done').length).toBe(1), WAIT);
    expect(performed.length).toBe(1);
    await runStudy(study(4), { directory, executor: executor(directory).executor });
    expect(await texts(directory)).toEqual(await expected(study(4)));
    expect(performed.length).toBe(4);
  });

  it('gives a trial back with its checkpoint when the worker leaves', async () => {
    const directory = join(root, 'far');
    const asked = executor(directory);
    const run = runStudy(study(1), { directory, executor: asked.executor });
    const own = new AbortController();
    const begun: PerformServedTrial = async ({ name, options }, folder, signal) => {
      await mkdir(join(folder, 'trials', name), { recursive: true });
      const run = { formatVersion: 1, dataset: 'synthetic', dataSha256: { train: 'a', test: 'b' } };
      await writeFile(join(folder, 'trials', name, 'options.json'), JSON.stringify({ ...complete(options), run }));
      own.abort(new Error('the worker leaves'));
      signal.throwIfAborted();
      throw new Error('the signal did not come');
    };
    const told = worker('a', begun, { signal: own.signal });
    await vi.waitFor(() => expect(names(told, 'given-back')).toEqual(['seed-0']), WAIT);
    const training = new FakeTraining();
    worker('b', (trial, folder, signal) =>
      performInFolder({ directory: folder, complete, train: training.train, measure })(trial, signal),
    );
    await run;
    expect(training.calls).toEqual([{ name: 'seed-0', resume: true }]);
    expect(await texts(directory)).toEqual(await expected(study(1)));
    expect(existsSync(join(root, 'work-a', 'trials-in-hand'))).toBe(false);
  });

  it('drops what is no trial, and takes no result that is none, whatever paths it names', async () => {
    const directory = join(root, 'far');
    const id = '0123456789abcdef'.repeat(2);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'cluster.json'), JSON.stringify({ study: id }));
    const trial = completeTrials(study(1))[0];
    const sent = { study: id, trial, data: DATA, versions: VERSIONS };
    const key = trialKey(sent);
    const hostile = (path: string, bytes = 4) => {
      const file = { path, bytes, sha256: createHash('sha256').update('evil').digest('hex') };
      return trialMessages.encode('result', { worker: 'mallory', result: 'e'.repeat(64), files: [file] });
    };
    const told = worker('a');
    const queue = await TrialQueue.open(place());
    // No message at all, one for another subject, and one whose earlier run has files that no run has.
    const subject = `weft.${place().name}.trials.${id}`;
    await connection.jetstream.publish(`${subject}.${'1'.repeat(64)}`, 'no trial');
    await connection.jetstream.publish(`${subject}.${'2'.repeat(64)}`, encodeTrial({ ...sent, files: [] }));
    const later = { ...sent, trial: { ...trial, continues: { name: 'earlier', epochs: 1 } } };
    const files = [{ path: '../evil', bytes: 4, sha256: 'e'.repeat(64) }];
    await connection.jetstream.publish(`${subject}.${trialKey(later)}`, encodeTrial({ ...later, files }));
    await vi.waitFor(() => expect(names(told, 'malformed').length).toBe(3), WAIT);
    await vi.waitFor(async () => expect((await queue.queued(id)).size).toBe(0), WAIT);
    for (const note of [hostile('../../../evil'), hostile('run.json'), Buffer.from('no result')]) {
      await queue.writeNote({ study: id, key }, 'result', note);
      await queue.store.putBlob(
        { name: `${id}.${key}.${createHash('sha256').update('evil').digest('hex')}` },
        Buffer.from('evil'),
      );
      const asked = executor(directory);
      await runStudy(study(1), { directory, executor: asked.executor });
      expect(asked.told.filter(({ kind }) => kind === 'lost').map(({ message }) => message)).toEqual([
        'its result is damaged',
      ]);
      expect(await texts(directory)).toEqual(await expected(study(1)));
      await rm(join(directory, 'trials'), { recursive: true });
    }
    const all = await readdir(root, { recursive: true });
    expect(all.filter((file) => file.includes('evil'))).toEqual([]);
  });

  it.each(['CON', 'a.', '.a', 'a/b', '..'])('takes no trial whose name is %s, which no folder may have', (name) => {
    const sent = { study: 'a'.repeat(32), trial: { name, options: {} }, data: DATA, versions: VERSIONS, files: [] };
    expect(() => decodeTrial(encodeTrial(sent))).toThrow(MessageError);
  });
});
