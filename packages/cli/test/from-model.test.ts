import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeModel } from '@weft/formats';
import { toOnnx } from '@weft/formats/onnx';
import { buildAutoencoder } from '@weft/models';
import { Add, Conv2D, Flatten, input, Model, Sequential } from '@weft/nn';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

const SMALL = [
  '--dataset',
  'synthetic',
  '--limit',
  '120',
  '--test-limit',
  '60',
  '--batch-size',
  '40',
  '--threads',
  '2',
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const train = (...args: string[]) => weft(['train', ...SMALL, ...args], { cwd: folder.path });

/** An autoencoder whose layers have names of their own, and one that something goes past the latent of. */
function others() {
  const x = input({ shape: [28, 28, 1] });
  const conv = (filters: number, strides: number) => new Conv2D({ filters, kernelSize: 3, strides, padding: 'same' });
  const half = conv(2, 2).apply(x);
  const whole = new Add().apply([conv(1, 1).apply(x), conv(1, 1).apply(x)]);
  return { half: new Model({ inputs: x, outputs: half }), past: new Model({ inputs: x, outputs: whole }) };
}

beforeAll(async () => {
  folder = await temporaryFolder();
  const { model } = buildAutoencoder('cae', { filters: [4, 4], seed: 7 });
  const { half, past } = others();
  await writeFile(at('cae.onnx'), toOnnx(model));
  await writeFile(at('half.onnx'), toOnnx(half));
  await writeFile(at('past.onnx'), toOnnx(past));
  await writeFile(at('flat.onnx'), toOnnx(new Sequential([new Flatten()], { inputShape: [28, 28, 1] })));
  await writeFile(at('no.onnx'), 'no model');
});
afterAll(() => folder.remove());

const weightsIn = async (path: string) => {
  const { model } = decodeModel(await readFile(at(path)));
  return Object.fromEntries(model.weights.map(({ path: name, data }) => [name, data]));
};

describe('weft train --from', () => {
  test('trains the model of an ONNX file as the model that it was written from', async () => {
    const own = await train('--model', 'cae', '--filters', '4,4', '--seed', '7', '--epochs', '1', '--out', 'own');
    const from = await train('--from', 'cae.onnx', '--seed', '7', '--epochs', '1', '--out', 'from');
    expect([own.code, from.code], from.stderr).toEqual([0, 0]);
    expect(await weightsIn('from/cae.safetensors')).toEqual(await weightsIn('own/cae.safetensors'));
    const further = await train(
      '--from',
      'from/cae.safetensors',
      '--model',
      'cdae',
      '--epochs',
      '1',
      '--out',
      'further',
    );
    expect(further.code, further.stderr).toBe(0);
  });

  test('goes on with its run, and its models are used as others are', async () => {
    const resumed = await weft(['train', '--resume', at('from'), '--epochs', '2'], { cwd: folder.path });
    expect(resumed.code, resumed.stderr).toBe(0);
    const explained = await weft(['explain', at('from', 'cae.safetensors')], { cwd: folder.path });
    expect(explained.code, explained.stderr).toBe(0);
  });

  test('takes a model in which something goes past the latent', async () => {
    const { code, stderr } = await train('--from', 'past.onnx', '--epochs', '1', '--out', 'past');
    expect(code, stderr).toBe(0);
  });

  test('says what does not fit', async () => {
    const cases = [
      [['--from', 'half.onnx'], 3, 'makes [14,14,2] of [28,28,1], but the images are [28,28,1]'],
      [['--from', 'flat.onnx'], 3, 'makes [784] of [28,28,1]'],
      [['--from', 'no.onnx'], 3, 'the bytes are no ONNX model'],
      [['--from', 'none.onnx'], 3, 'none.onnx'],
      [['--from', 'cae.onnx', '--model', 'vae'], 2, '--from: got --model vae, expected cae or cdae'],
      [['--from', 'cae.onnx', '--filters', '4,4'], 2, '--filters: the model of --from has its layers'],
      [['--from', 'cae.txt'], 2, '--from'],
    ] as const;
    for (const [args, wanted, message] of cases) {
      const { code, stderr } = await train(...args, '--out', 'wrong');
      expect(stderr).toContain(message);
      expect(code).toBe(wanted);
    }
  });
});

describe('weft export and weft import', () => {
  const call = (...args: string[]) => weft(args, { cwd: folder.path });

  test('write ONNX files and read them', async () => {
    expect(await call('import', 'cae.onnx', 'in.safetensors')).toMatchObject({ code: 0 });
    const { model } = decodeModel(await readFile(at('in.safetensors')));
    const out = await call('export', 'in.safetensors', 'out.onnx', '--opset', '20', '--batch', '3');
    expect(out.code, out.stderr).toBe(0);
    expect(new Uint8Array(await readFile(at('out.onnx')))).toEqual(toOnnx(model, { opset: 20, batch: 3 }));
    const bytes = await call('export', 'in.safetensors', 'bytes.onnx', '--bytes', '--picture-size', '32x30');
    expect(bytes.code, bytes.stderr).toBe(0);
    const preprocessing = { scale: 1 / 255, size: [32, 30] } as const;
    expect(new Uint8Array(await readFile(at('bytes.onnx')))).toEqual(toOnnx(model, { preprocessing }));
  });

  test('say what is wrong', async () => {
    expect(await call('export', 'cae.onnx', 'out.onnx')).toMatchObject({ code: 3 });
    expect(await call('import', 'no.onnx', 'no.safetensors')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no.onnx cannot be read: the bytes are no ONNX model'),
    });
    expect(await call('export', 'in.safetensors', 'keras.safetensors', '--bytes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--bytes: it is an option of onnx, but this is for keras'),
    });
    expect(await call('export', 'in.safetensors', 'other.onnx', '--opset', '12')).toMatchObject({ code: 2 });
  });
});
