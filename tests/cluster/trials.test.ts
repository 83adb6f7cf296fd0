import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Finished, temporaryFolder, weft } from '../../packages/cli/test/support/weft.js';
import { connect } from '../../packages/cluster/src/index.js';
import { inNats, type NatsServer, startNats } from '../support/nats.js';

/** Conditions are waited for; a machine may be slow. */
const WAIT = { timeout: 300_000, interval: 200 };

/** Trials of the sweep in which things fail: a multiple of 4, at most 24, as `WEFT_TRIALS=24` has it at night. */
const TRIALS = Number(process.env.WEFT_TRIALS ?? 8);

/** Twice as many trainings, and three processes more than cores: on a busy machine that takes longer than a test that hangs. */
const LONG = 1_800_000;

/** A real `weft` command that runs, and what it has written to stderr. */
class Running {
  readonly finished: Promise<Finished>;
  private child: ChildProcess | undefined;
  private stderr = '';
  private readonly waiting = new Set<() => void>();

  constructor(args: readonly string[], cwd: string) {
    this.finished = weft(args, {
      cwd,
      onSpawn: (child) => {
        this.child = child;
      },
      onStderr: (_, stderr) => {
        this.stderr = stderr;
        for (const look of this.waiting) look();
      },
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Settles with the match when it was written, or undefined if the command ends without it. */
  async told(pattern: RegExp): Promise<RegExpExecArray | undefined> {
    const { promise, resolve } = deferred<RegExpExecArray | undefined>();
    const look = () => {
      const found = pattern.exec(this.stderr);
      if (found) resolve(found);
    };
    this.waiting.add(look);
    look();
    void this.finished.then(() => resolve(undefined));
    const found = await promise;
    this.waiting.delete(look);
    return found;
  }

  /** How often something was written. */
  count(pattern: RegExp): number {
    return this.stderr.match(pattern)?.length ?? 0;
  }
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

inNats('weft sweep and weft study on workers', () => {
  let server: NatsServer;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let running: Running[] = [];

  beforeAll(async () => {
    server = await startNats();
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    for (const each of running) each.kill('SIGKILL');
    await Promise.all(running.map(({ finished }) => finished));
    await server.stop();
    await folder.remove();
  });

  function run(...args: string[]): Running {
    const command = new Running(args, folder.path);
    running.push(command);
    return command;
  }

  /** Begins a worker, which is ready when this settles. */
  async function worker(cluster: string): Promise<{ id: string; process: Running }> {
    const trials = ['--trial-silence', '5', '--trial-checkpoints', '1'];
    const process = run('worker', server.url, '--name', cluster, '--threads', '1', ...trials);
    const [, id = ''] = (await process.told(/worker (\S+) with/)) ?? [];
    expect(id, (await Promise.race([process.finished, { stderr: '' }])).stderr).not.toBe('');
    return { id, process };
  }

  async function end(workers: readonly Running[]): Promise<void> {
    for (const each of workers) each.kill('SIGTERM');
    await Promise.all(workers.map(({ finished }) => finished));
    running = running.filter((each) => !workers.includes(each));
  }

  const texts = (name: string) =>
    Promise.all(['results.json', 'results.csv'].map((file) => readFile(join(folder.path, name, file), 'utf8')));

  const base = { model: 'dense', dataset: 'synthetic', limit: 40, 'test-limit': 8, epochs: 1 };

  it(
    `gives ${TRIALS} trials the table of an undisturbed sweep though a worker is killed and the server restarted`,
    async () => {
      const rates = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2].slice(0, TRIALS / 4);
      const space = { learningRate: rates, batchSize: [4, 8, 16, 32] };
      await writeFile(join(folder.path, 'space.json'), JSON.stringify({ name: 'rates', base, space }));
      const workers = await Promise.all([worker('faults'), worker('faults'), worker('faults')]);
      const sweep = run('sweep', 'space.json', '--out', 'far', '--cluster', server.url, '--name', 'faults');
      const done = (trials: number) => sweep.told(new RegExp(`(?:done by [\\s\\S]*){${trials}}`));
      // Some trials are done, and three are in the middle: one of these loses its worker.
      await done(TRIALS / 4);
      const [victim, ...others] = workers;
      const held = await victim.process.told(/Trial (\S+): begun(?![\s\S]*: done)/);
      victim.process.kill('SIGKILL');
      expect(held).toBeDefined();
      await done(TRIALS / 2);
      await server.restart();
      const { code, stderr } = await sweep.finished;
      expect(code, stderr).toBe(0);
      expect(sweep.count(/: done by /g)).toBe(TRIALS);
      await end(others.map(({ process }) => process));
      expect(
        (await weft(['sweep', 'space.json', '--out', 'near', '--workers', '2', '--quiet'], { cwd: folder.path })).code,
      ).toBe(0);
      expect(await texts('far')).toEqual(await texts('near'));
      expect(JSON.parse((await texts('far'))[0]).trials).toHaveLength(TRIALS);
    },
    LONG,
  );

  it('lets later rungs go on from the runs of earlier ones, wherever those were', async () => {
    const space = { learningRate: [1e-3, 1e-2], batchSize: [8, 16] };
    const halving = { factor: 2, firstEpochs: 1, mostEpochs: 2 };
    await writeFile(
      join(folder.path, 'rungs.json'),
      JSON.stringify({ name: 'rungs', base: { ...base, epochs: undefined }, space, halving }),
    );
    const workers = await Promise.all([worker('rungs'), worker('rungs')]);
    const place = ['--cluster', server.url, '--name', 'rungs'];
    const { code, stderr } = await run('sweep', 'rungs.json', '--out', 'far-rungs', ...place).finished;
    expect(code, stderr).toBe(0);
    await end(workers.map(({ process }) => process));
    expect((await weft(['sweep', 'rungs.json', '--out', 'near-rungs', '--quiet'], { cwd: folder.path })).code).toBe(0);
    expect(await texts('far-rungs')).toEqual(await texts('near-rungs'));
    const last = JSON.parse((await texts('far-rungs'))[0]).rows[0].run;
    const record = JSON.parse(await readFile(join(folder.path, 'far-rungs', 'trials', last, 'run.json'), 'utf8'));
    expect(record.models.dense.history.seconds).toHaveLength(2);
  });

  it('goes on with --resume after everything was killed, a trial from its checkpoint', async () => {
    const long = { ...base, limit: 400, epochs: 150 };
    await writeFile(
      join(folder.path, 'long.json'),
      JSON.stringify({ name: 'long', base: long, grid: { seed: [1, 2] } }),
    );
    const place = ['--cluster', server.url, '--name', 'kills'];
    const first = await worker('kills');
    const asked = run('study', 'long.json', '--out', 'kills', ...place);
    await vi.waitFor(
      async () => expect(await notes('kills')).toContainEqual(expect.stringMatching(/checkpoint$/)),
      WAIT,
    );
    asked.kill('SIGKILL');
    first.process.kill('SIGKILL');
    await server.halt('SIGKILL');
    await Promise.all([asked.finished, first.process.finished]);
    await server.restart();
    const second = await worker('kills');
    const { code, stderr } = await run('study', '--resume', 'kills', ...place).finished;
    expect(code, stderr).toBe(0);
    await end([second.process]);
    expect((await weft(['study', 'long.json', '--out', 'whole', '--quiet'], { cwd: folder.path })).code).toBe(0);
    expect(await texts('kills')).toEqual(await texts('whole'));
    const resumed = await Promise.all(
      ['seed-1', 'seed-2'].map(async (name) => {
        return JSON.parse(await readFile(join(folder.path, 'kills', 'trials', name, 'run.json'), 'utf8')).resumed;
      }),
    );
    expect(Math.max(...resumed)).toBe(1);
    expect(await notes('kills')).toEqual([]);
  });

  /** What the server knows of trials of a cluster. */
  async function notes(cluster: string): Promise<string[]> {
    const connection = await connect(server.url);
    try {
      const keys = await (await connection.kv.open(`weft-${cluster}-trials`)).keys();
      const found: string[] = [];
      for await (const key of keys) found.push(key);
      return found;
    } finally {
      await connection.close();
    }
  }
});
