import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunRecord } from '@weft/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, signalAt, temporaryFolder, weft, whileHeld } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const DATA = ['--dataset', 'synthetic', '--limit', '160', '--test-limit', '12', '--batch-size', '16'];
const train = (...args: string[]) => weft(['train', ...args], { cwd: folder.path });

/** Calls weft train, and sends it a signal as soon as it has printed a text. */
function trainUntil(text: string | RegExp, signal: NodeJS.Signals, ...args: string[]): Promise<Finished> {
  return weft(['train', ...args], { cwd: folder.path, onStderr: signalAt(text, signal) });
}

/** Calls weft train, and sends it a signal in the midst of the step, or the test, that follows upon a text. */
function trainUntilAfter(text: string, signal: NodeJS.Signals, ...args: string[]): Promise<Finished> {
  const held = whileHeld(folder.path, text, (child) => child.kill(signal), 'Interrupted: finishing the running step.');
  return weft(['train', ...args], { cwd: folder.path, ...held });
}

/** Losses of all epochs, without their times. */
async function metrics(run: string): Promise<string[]> {
  const rows = (await readFile(join(folder.path, run, 'metrics.csv'), 'utf8')).trimEnd().split('\n');
  return rows.map((row) => row.split(',').slice(0, 4).join());
}

const record = async (run: string) => parseRunRecord(await readFile(join(folder.path, run, 'run.json'), 'utf8'));

describe('a run that is broken off again and again', () => {
  const run = ['--resume', 'broken'];

  test('ends with the weights, losses and results of one that never was', async () => {
    expect((await train(...DATA, '--epochs', '3', '--out', 'whole')).code).toBe(0);

    const begin = [...DATA, '--epochs', '2', '--out', 'broken', '--checkpoint-every', '2steps'];
    const inCae = await trainUntilAfter('CAE 1/2', 'SIGINT', ...begin);
    expect(inCae).toMatchObject({ code: 130, stdout: '' });
    expect(inCae.stderr.trimEnd().split('\n').at(-1)).toBe('Interrupted. Resume with: weft train --resume broken');

    const inCdae = await trainUntilAfter('CDAE 1/2', 'SIGTERM', ...run, '--threads', '1');
    expect(inCdae.code).toBe(143);
    expect(inCdae.stderr).toMatch(/^CAE: resumed after 1 epoch and 1 step$/m);

    const inFigures = await trainUntilAfter('CDAE 2/2', 'SIGINT', ...run);
    expect(inFigures.code).toBe(130);
    expect(inFigures.stderr).toContain('CAE: finished after 2 epochs');
    expect(inFigures.stderr).toMatch(/^CDAE: resumed after 1 epoch and 1 step$/m);
    expect(existsSync(join(folder.path, 'broken', 'run.json'))).toBe(false);

    const toTheEnd = await train(...run);
    expect(toTheEnd.code).toBe(0);
    expect(toTheEnd.stderr).not.toContain('val_loss');
    expect((await record('broken')).options).toMatchObject({ epochs: 2, threads: 1, checkpointEvery: '2steps' });

    // It is finished now; with more epochs it goes on all the same.
    const more = await train(...run, '--epochs', '3', '--threads', '2', '--json');
    expect(more.code).toBe(0);
    expect(more.stderr).toContain('CAE: resumed after 2 epochs and 0 steps');
    const [whole, broken] = [await record('whole'), await record('broken')];
    expect(JSON.parse(more.stdout)).toEqual(JSON.parse(JSON.stringify(broken)));
    for (const key of ['cae', 'cdae'] as const) {
      const ofBits = ({ weightsSha256, testError, bestEpoch, steps }: (typeof whole.models)['cae'] & {}) => ({
        weightsSha256,
        testError,
        bestEpoch,
        steps,
      });
      expect(ofBits(broken.models[key]!)).toEqual(ofBits(whole.models[key]!));
      for (const file of [`${key}.safetensors`, join('checkpoints', `${key}-best.safetensors`)]) {
        expect(await readFile(join(folder.path, 'broken', file))).toEqual(
          await readFile(join(folder.path, 'whole', file)),
        );
      }
    }
    expect(await metrics('broken')).toEqual(await metrics('whole'));
  });

  test('says in run.json how often it was resumed, and what time all of it took', async () => {
    const { resumed, sessions, startedAt, seconds } = (await record('broken')) as Awaited<ReturnType<typeof record>> & {
      sessions: { startedAt: string; seconds: { total: number } }[];
    };
    expect(resumed).toBe(4);
    expect(sessions).toHaveLength(5);
    expect(startedAt).toBe(sessions[0].startedAt);
    expect(seconds.total).toBeCloseTo(
      sessions.reduce((sum, session) => sum + session.seconds.total, 0),
      6,
    );
    expect(await record('whole')).toMatchObject({ resumed: 0 });
  });

  test('has nothing half-written in its folder', async () => {
    const files = await readdir(join(folder.path, 'broken'), { recursive: true });
    expect(files.filter((file) => /tmp|lock/.test(file))).toEqual([]);
  });

  test('has nothing to do any more: says so, and leaves all as it is', async () => {
    const before = await readFile(join(folder.path, 'broken', 'run.json'), 'utf8');
    const { code, stdout, stderr } = await train(...run);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('broken holds a finished run of 3 epochs. To go on, give more:');
    expect(await readFile(join(folder.path, 'broken', 'run.json'), 'utf8')).toBe(before);
  });

  test('refuses options that differ from its own, and names them', async () => {
    const { code, stderr } = await train(...run, '--seed', '7', '--batch-size', '16', '--limit', '100');
    expect(code).toBe(2);
    expect(stderr).toContain('--seed: got 7, the run has 42; --limit: got 100, the run has 160.');
    expect((await train(...run, '--epochs', '2')).stderr).toContain('--epochs: got 2, the run has 3');
    expect((await train(...run, '--out', 'other')).stderr).toContain('--out: --resume broken writes into that very');
  });

  test('refuses other data than its own, and names them', async () => {
    const path = join(folder.path, 'broken', 'options.json');
    const text = await readFile(path, 'utf8');
    const { train: sha256 } = JSON.parse(text).run.dataSha256;
    await writeFile(path, text.replace(sha256, 'f'.repeat(64)));
    const { code, stderr } = await train(...run, '--epochs', '4');
    expect(code).toBe(3);
    expect(stderr).toContain(`the training images have SHA-256 ${sha256}, those of the run ${'f'.repeat(64)}`);
    expect(existsSync(join(folder.path, 'broken', 'run.json'))).toBe(true);
    await writeFile(path, text);
  });
});

describe('a folder that is no run', () => {
  test.each([
    ['empty', undefined, 'options.json cannot be read'],
    ['with options that are cut short', '{"epochs": 2', 'options.json is no JSON'],
    ['with options of an older version', '{"epochs": 2}', 'does not say which data the run uses'],
  ])('cannot be resumed, says so and exits with 3: %s', async (_, options, message) => {
    const other = await temporaryFolder();
    if (options !== undefined) await writeFile(join(other.path, 'options.json'), options);
    const { code, stdout, stderr } = await train('--resume', other.path);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('begin one with weft train --out DIR');
    expect(await readdir(other.path)).toEqual(options === undefined ? [] : ['options.json']);
    await other.remove();
  });
});

describe('an unfinished run', () => {
  const endless = [...DATA, '--epochs', '1000000', '--out', 'unfinished', '--checkpoint-every', '1steps'];

  test('is in use by one process at a time', async () => {
    let second: Promise<Finished> | undefined;
    let pid = 0;
    const first = await weft(['train', ...endless], {
      cwd: folder.path,
      onStderr(child, text) {
        if (second || !text.includes('val_loss')) return;
        pid = child.pid ?? 0;
        second = train('--resume', 'unfinished');
        second.finally(() => child.kill('SIGHUP'));
      },
    });
    const { code, stderr } = (await second) as Finished;
    expect(code).toBe(1);
    expect(stderr).toContain(`unfinished is in use by another weft, process ${pid}.`);
    expect(first.code).toBe(129);
  });

  test('is not replaced without being told to', async () => {
    const checkpoints = () => readdir(join(folder.path, 'unfinished', 'checkpoints'));
    const before = await checkpoints();
    const refused = await train(...DATA, '--out', 'unfinished');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      'unfinished holds an unfinished run. Go on with it: weft train --resume unfinished',
    );
    expect(refused.stderr).toContain('--overwrite');
    expect(await checkpoints()).toEqual(before);
    const replaced = await trainUntil('val_loss', 'SIGINT', ...endless, '--overwrite', '--model', 'cdae');
    expect(replaced.code).toBe(130);
    const files = await checkpoints();
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !file.startsWith('cdae-'))).toEqual([]);
  });

  test('falls back to the checkpoint before a damaged one, and says so', async () => {
    const folders = join(folder.path, 'unfinished', 'checkpoints');
    const newest =
      (await readdir(folders))
        .filter((file) => file.includes('-step-'))
        .sort()
        .at(-1) ?? '';
    const whole = await readFile(join(folders, newest));
    await writeFile(join(folders, newest), whole.subarray(0, whole.length / 2));
    const { code, stderr } = await trainUntil(/val_loss/, 'SIGINT', '--resume', 'unfinished');
    expect(code).toBe(130);
    expect(stderr).toMatch(new RegExp(`${newest}: the checkpoint is damaged: .* It is passed over.`));
    expect(stderr).toMatch(/CDAE: resumed after \d+ epoch/);
  });
});
