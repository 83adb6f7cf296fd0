import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { RunList, RunView } from '../src/serve/views.js';
import { ask, askUntil, cookieOf, type Served, startServe } from './support/serve.js';
import { temporaryFolder, weft, whileHeld } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const SMALL = ['train', '--dataset', 'synthetic', '--limit', '96', '--test-limit', '12', '--batch-size', '16'];

/** SHA-256 of each file of a run, without what tells of times. */
async function sums(run: string): Promise<Record<string, string>> {
  const files = await readdir(run, { recursive: true, withFileTypes: true });
  const entries = files
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const bytes = await readFile(join(parentPath, name));
      // Losses stay; seconds and images a second go.
      const text = bytes.toString('latin1').replace(/,[\d.]+,[\d.]+$/gm, '');
      const hasTimes = /^(run|options|sessions)\.json$|^report\.html$|-step-\d+\.safetensors$/.test(name);
      const content = name === 'metrics.csv' ? text : hasTimes ? '' : bytes;
      return [join(parentPath, name).slice(run.length + 1), createHash('sha256').update(content).digest('hex')];
    });
  return Object.fromEntries(await Promise.all(entries));
}

/** Looks at everything that a page looks at, again and again. */
async function follow(served: Served, cookie: string, until: () => boolean): Promise<number> {
  const headers = { Cookie: cookie };
  let looks = 0;
  while (!until()) {
    const { runs } = JSON.parse((await ask(served, '/api/runs', { headers })).text) as RunList;
    for (const { id } of runs) {
      const { models, files, figures } = JSON.parse(
        (await ask(served, `/api/runs/${id}`, { headers })).text,
      ) as RunView;
      const rows = models.flatMap(({ samples }) => samples?.rows ?? []);
      for (const { file } of [...files, ...figures, ...rows]) {
        looks += (await ask(served, `/runs/${id}/${file}`, { headers })).status === 200 ? 1 : 0;
      }
    }
  }
  return looks;
}

test('a training has the same files and the same bits, whether it is followed or not', async () => {
  const args = [...SMALL, '--epochs', '3', '--model', 'cae,cdae'];
  expect((await weft([...args, '--out', 'alone'], { cwd: folder.path })).code).toBe(0);
  const served = await startServe(['.'], { cwd: folder.path });
  onTestFinished(async () => void (await served.end()));
  const cookie = await cookieOf(served);
  let hasEnded = false;
  const training = weft([...args, '--out', 'followed'], { cwd: folder.path }).finally(() => {
    hasEnded = true;
  });
  const looks = await follow(served, cookie, () => hasEnded);
  expect((await training).code).toBe(0);
  expect(looks).toBeGreaterThan(0);
  expect(await sums(join(folder.path, 'followed'))).toEqual(await sums(join(folder.path, 'alone')));
  expect(Object.keys(await sums(join(folder.path, 'alone')))).not.toContain('progress.json');
  const { id } = JSON.parse((await ask(served, '/api/runs', { headers: { Cookie: cookie } })).text).runs[0];
  const isWhole = ({ models }: RunView) => models.every(({ samples }) => samples !== null);
  const { summary, models, files, figures, resume, problems } = await askUntil(
    served,
    `/api/runs/${id}`,
    cookie,
    isWhole,
  );
  expect(summary).toMatchObject({ state: 'finished', done: 1, dataset: 'synthetic', models: ['CAE', 'CDAE'] });
  expect({ resume, problems }).toEqual({ resume: null, problems: [] });
  expect(files.map(({ file }) => file)).toEqual(['report.html', 'metrics.csv', 'run.json']);
  expect(figures.length).toBe(8);
  for (const { key, done, rows, test: tested, samples, samplesNote } of models) {
    expect({ done, epochs: rows.map(({ epoch }) => epoch), samplesNote }).toEqual({
      done: 3,
      epochs: [1, 2, 3],
      samplesNote: null,
    });
    expect(rows.every(({ loss, valLoss, imagesPerSecond }) => loss && valLoss && imagesPerSecond)).toBe(true);
    expect(tested?.mse).toBeGreaterThan(0);
    const titles = samples?.rows.map(({ title }) => title);
    expect(titles?.slice(0, key === 'cdae' ? 2 : 1)).toEqual(
      key === 'cdae' ? ['Original', 'With noise'] : ['Original'],
    );
    expect(titles?.at(-1)).toBe('After epoch 3');
  }
  expect((await served.end()).code).toBe(0);
});

test('a training is followed within an epoch; its death and its deletion are survived', async () => {
  const served = await startServe(['.'], { cwd: folder.path });
  onTestFinished(async () => void (await served.end()));
  const cookie = await cookieOf(served);
  let child: ChildProcess | undefined;
  // Between two steps of its third epoch, for as long as it takes to look.
  const held = whileHeld(folder.path, 'CAE    2/', () => undefined, 'never');
  const training = weft(
    [...SMALL, '--epochs', '1000', '--model', 'cae', '--checkpoint-every', '1steps', '--out', 'killed'],
    {
      cwd: folder.path,
      ...held,
      onSpawn(started) {
        child = started;
        onTestFinished(() => void started.kill('SIGKILL'));
      },
    },
  );
  const isHere = ({ runs }: RunList) => runs.some(({ name, loss }) => name === 'killed' && loss !== null);
  const { runs } = await askUntil(served, '/api/runs', cookie, isHere);
  const address = `/api/runs/${runs.find(({ name }) => name === 'killed')?.id}`;
  const isFollowed = ({ models }: RunView) =>
    models[0].done === 2 && models[0].pace !== null && models[0].samples !== null;
  const running = await askUntil<RunView>(served, address, cookie, isFollowed);
  expect(running.summary.state).toBe('running');
  expect(running.summary.status).toMatch(/^Training CAE, epoch [123] of 1000$/);
  expect(running.resume).toBe(null);
  // Of 96 images a fifth is held out.
  const [{ pace, curve, rows }] = running.models;
  expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2]);
  expect(pace).toMatchObject({ imagesInEpoch: 76 });
  expect(pace?.images).toBeGreaterThan(0);
  expect(pace?.imagesPerSecond).toBeGreaterThan(0);
  expect(pace?.secondsLeft).toBeGreaterThan(0);
  expect(curve.length).toBeGreaterThan(0);
  expect(curve[0][0]).toBeCloseTo(16 / 76, 6);
  child?.kill('SIGKILL');
  await training;
  const isDead = ({ summary }: RunView) => summary.state === 'interrupted';
  const dead = await askUntil<RunView>(served, address, cookie, isDead);
  expect(dead.summary.status).toMatch(/^Interrupted: CAE, epoch [123] of 1000$/);
  expect(dead.resume?.command).toBe('weft train --resume killed');
  expect(dead.resume?.effect).toMatch(/^goes on with the CAE after epoch 2( and step [1-5] of 5)?\.$/);
  await rm(join(folder.path, 'killed'), { recursive: true });
  const isGone = (list: RunList) => list.runs.every(({ name }) => name !== 'killed');
  await askUntil<RunList>(served, '/api/runs', cookie, isGone);
  expect(await ask(served, address, { headers: { Cookie: cookie } })).toMatchObject({ status: 404 });
  expect((await served.end()).code).toBe(0);
});
