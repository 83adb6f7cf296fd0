import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalAt, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const classify = (...args: string[]) => weft(['classify', ...args], { cwd: folder.path });

beforeAll(async () => {
  folder = await temporaryFolder();
  const small = ['--dataset', 'synthetic', '--limit', '120', '--test-limit', '150', '--epochs', '1', '--quiet'];
  const { code } = await weft(['train', ...small, '--out', 'run'], { cwd: folder.path });
  expect(code).toBe(0);
  await cp(at('run'), at('nameless'), { recursive: true });
  const record = JSON.parse(await readFile(at('run', 'run.json'), 'utf8'));
  record.data.classNames = [];
  await writeFile(at('nameless', 'run.json'), JSON.stringify(record));
});
afterAll(() => folder.remove());

interface Result {
  readonly classifier: string;
  readonly features: string;
  readonly size: number;
  readonly accuracy: number;
  readonly interval: [number, number];
  readonly objective?: number;
  readonly converged?: boolean;
  readonly confusion: number[][];
}

test('tells classes apart by latents and by pixels', async () => {
  const args = ['run', '--model', 'cae', '--limit', '140', '--tolerance', '1e-3', '--out', 'page'];
  const { code, stdout, stderr } = await classify(...args);
  expect(code).toBe(0);
  expect(stderr).toContain('Logistic regression on latents of the CAE (112 x 3,136)');
  expect(stdout.replace(/\s+/g, ' ')).toContain('the first 112 are learned from and the last 28 are tested.');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('Report: page/report.html');
  const { results, trainCount, testCount, latentsMinusPixels } = JSON.parse(
    await readFile(at('page', 'classify.json'), 'utf8'),
  );
  expect([trainCount, testCount]).toEqual([112, 28]);
  expect(results.map(({ classifier, features, size }: Result) => [classifier, features, size])).toEqual([
    ['logistic-regression', 'latents', 3136],
    ['logistic-regression', 'pixels', 784],
    ['nearest-neighbours', 'latents', 3136],
    ['nearest-neighbours', 'pixels', 784],
  ]);
  for (const { accuracy, interval, confusion, classifier, converged, features } of results as Result[]) {
    const right = confusion.reduce((sum, row, index) => sum + row[index], 0);
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(28);
    expect(accuracy).toBeCloseTo(right / 28, 12);
    expect(interval[0]).toBeLessThanOrEqual(accuracy);
    expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
    // Of ten classes chance would find a tenth.
    expect(accuracy).toBeGreaterThan(0.4);
    expect(converged).toBe(classifier === 'logistic-regression' ? true : undefined);
    expect(existsSync(at('page', 'figures', `confusion-${classifier}-${features}.png`))).toBe(true);
  }
  expect(latentsMinusPixels[1].accuracy).toBeCloseTo(results[2].accuracy - results[3].accuracy, 12);
  expect(await readFile(at('page', 'report.html'), 'utf8')).toContain('latents against pixels');

  const again = await classify(...args, '--threads', '1', '--json');
  expect(again).toMatchObject({ code: 0, stdout: await readFile(at('page', 'classify.json'), 'utf8') });
});

test('says that a fit did not converge', async () => {
  const { code, stdout } = await classify('run', '--model', 'cdae', '--max-iterations', '1', '--out', 'short');
  expect(code).toBe(0);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    'The logistic regression on pixels did not reach its tolerance: give more --max-iterations.',
  );
});

test('ends at Ctrl-C in the middle of a fit, and leaves nothing behind', async () => {
  const args = ['classify', 'run', '--model', 'cae', '--tolerance', '1e-30', '--max-iterations', '1000000000'];
  const { code, stderr } = await weft([...args, '--out', 'broken'], {
    cwd: folder.path,
    onStderr: signalAt('Logistic regression', 'SIGINT'),
  });
  expect(code).toBe(130);
  expect(stderr).toContain('Interrupted.');
  expect(existsSync(at('broken'))).toBe(false);
});

test.each([
  [['run'], 2, '--model: run holds several models. Give one of cae, cdae.'],
  [['run', '--model', 'vae'], 2, "--model: got 'vae', which run does not hold. Give one of cae, cdae."],
  [['run', '--model', 'cea'], 2, "--model: got 'cea', which run does not hold."],
  [['none'], 3, 'none cannot be read'],
  [['nameless', '--model', 'cae'], 3, 'nameless: the images of the run have no classes, expected two or more'],
  [['run', '--model', 'cae', '--test-fraction', '1'], 2, '--test-fraction'],
  [['run', '--model', 'cae', '--limit', '3', '--test-fraction', '0.9'], 2, '--test-fraction: of 3 examples 0'],
  [['run', '--model', 'cae', '--out', 'nameless'], 1, '--out: nameless holds other files'],
])('refuses %j', async (args, expected, message) => {
  const { code, stdout, stderr } = await classify(...args);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
