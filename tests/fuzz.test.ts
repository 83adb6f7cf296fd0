import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { targets } from '../fuzz/src/targets/index.js';

const main = fileURLToPath(new URL('../fuzz/dist/main.js', import.meta.url));
const broken = (deed: string) => `${new URL('./fixtures/fuzz/broken.js', import.meta.url)}?deed=${deed}`;

/** Inputs for each reader; a night has more. */
const COUNT = 500;
const seed = process.env.WEFT_TEST_SEED ?? '1';
/** What a reader is given here, so that no machine is too slow: `pnpm fuzz` grants a second, and waits for 20. */
const AMPLE = ['--longest', '300', '--patience', '300'];

function fuzz(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Numbers of the inputs that are complained of: there are some. */
function inputsOf(stderr: string): string[] {
  const numbers = [...stderr.matchAll(/--seed \d+, input (\d+): /g)].map(([, number]) => number);
  expect(numbers).not.toEqual([]);
  return numbers;
}

describe('every reader of what others have written', () => {
  it('has a target', () => {
    expect(existsSync(main), 'the fuzzer is built: npx pnpm build').toBe(true);
    expect(targets.map(({ name }) => name)).toEqual([
      'idx',
      'gzip',
      'safetensors',
      'model',
      'checkpoint',
      'exploration',
      'ndarray',
      'npy',
      'npz',
      'csv',
      'onnx',
      'hdf5',
      'keras',
      'run-record',
      'sweep',
      'figure-data',
      'arguments',
      'image-header',
      'png',
      'jpeg',
      'tiff',
      'tiles',
      'trial',
      'messages',
      'chunks',
      'heartbeats',
      'data-files',
      'job',
    ]);
  });

  it.each(targets.map(({ name }) => name))(
    `%s: ${COUNT} inputs are read rightly or refused with a typed error`,
    (name) => {
      const { status, stdout, stderr } = fuzz('--target', name, '--count', String(COUNT), '--seed', seed, ...AMPLE);
      expect(stderr).toBe('');
      const [, inputs, read, refused] = stdout.split('\n')[1].split(/ +/);
      expect(Number(read) + Number(refused)).toBe(COUNT);
      expect(Number(inputs)).toBe(COUNT);
      // Neither readers that refuse everything nor inputs that all are good would show anything.
      expect(Math.min(Number(read), Number(refused))).toBeGreaterThan(COUNT / 10);
      expect(status).toBe(0);
    },
  );
});

describe('the fuzzer', () => {
  it.each([
    ['throws', "threw TypeError: Cannot read properties of undefined (reading 'length')"],
    ['exits', 'ended the thread with code 7'],
    ['allocates', /allocated 6\d{7} bytes/],
    ['changes', 'changed its input'],
    ['pollutes', 'changed the prototype of all objects'],
    ['misreads', 'read something else than was written'],
    ['turns-away', 'refused a good input: RangeError: refused'],
    ['refuses', 'all inputs were refused, which shows nothing'],
    ['accepts', 'all inputs were read, which shows nothing'],
  ])('notices a reader that %s, and says which input it was', (deed, fault) => {
    const { status, stderr } = fuzz('--target', broken(deed), '--count', '20', '--seed', '3', ...AMPLE);
    expect(stderr).toMatch(fault);
    if (!String(fault).startsWith('all')) expect(stderr).toMatch(/--seed 3, input \d+: .*\n {2}base64: /);
    expect(status).toBe(1);
  });

  it('notices a reader that takes longer than it may, and no other', () => {
    const read = (deed: string, longest: string) =>
      fuzz('--target', broken(deed), '--count', '20', '--seed', '3', ...AMPLE, '--longest', longest);
    const { status, stderr } = read('dawdles', '0');
    for (const input of inputsOf(read('throws', '300').stderr)) {
      expect(stderr).toMatch(new RegExp(`--seed 3, input ${input}: took \\d+\\.\\d\\d s\\n {2}base64: `));
    }
    expect(status).toBe(1);
    expect(read('dawdles', '300')).toMatchObject({ status: 0, stderr: '' });
  });

  it('notices a reader that never comes back', () => {
    const read = (deed: string, ...more: string[]) =>
      fuzz('--target', broken(deed), '--count', '3', '--seed', '3', ...AMPLE, ...more);
    const { status, stderr } = read('hangs', '--patience', '1');
    // On a machine that stands still for a second, others seem to hang as well.
    for (const input of inputsOf(read('throws').stderr)) {
      expect(stderr).toMatch(new RegExp(`--seed 3, input ${input}: hung for 1 s\\n {2}base64: \\S{12}`));
    }
    expect(status).toBe(1);
  });

  it('finds nothing in a reader that keeps the laws, and the same for the same seed', () => {
    const run = () => fuzz('--target', broken('keeps'), '--count', '200', ...AMPLE);
    const [first, second] = [run(), run()];
    expect(first.status).toBe(0);
    const counts = (stdout: string) => stdout.split('\n')[1].split(/ +/).slice(1, 4);
    expect(counts(first.stdout)).toEqual(counts(second.stdout));
  });

  it('says what is wrong with how it was called', () => {
    expect(fuzz('--count', 'many')).toMatchObject({ status: 2 });
    expect(fuzz('--count', 'many').stderr).toContain("--count: got 'many', expected a whole number");
    expect(fuzz('--target', 'nothing').stderr).toContain('There is no target nothing. Targets: idx,');
  });
});
