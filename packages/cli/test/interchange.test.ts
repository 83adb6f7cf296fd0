import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeModel } from '@weft/formats';
import { decodeKeras } from '@weft/formats/keras';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

const { cases } = JSON.parse(
  readFileSync(new URL('../../formats/test/fixtures/keras-models.json', import.meta.url), 'utf8'),
);
const unpacked = (base64: string) => new Uint8Array(gunzipSync(Buffer.from(base64, 'base64')));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (name: string) => join(folder.path, name);
const call = (...args: string[]) => weft(args, { cwd: folder.path });
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const name of ['cae', 'unknown']) await writeFile(at(`${name}.keras`), unpacked(cases[name].keras));
  await writeFile(at('cae.weights.h5'), unpacked(cases.cae.weights));
});
afterAll(() => folder.remove());

describe('weft import', () => {
  test('makes a .keras file a model for other commands', async () => {
    const { code, stdout } = await call('import', 'cae.keras', 'cae.safetensors');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Written: cae.safetensors') });
    const { model } = decodeModel(await readFile(at('cae.safetensors')));
    const expected = await decodeKeras(unpacked(cases.cae.keras));
    expect(model.weights.map(({ data }) => data)).toEqual(expected.weights.map(({ data }) => data));
    expect((await call('info', 'cae.safetensors', '--json')).code).toBe(0);
  });

  test('gives the weights of a .weights.h5 file to the layers of another model', async () => {
    await call('import', 'cae.keras', 'like.safetensors');
    const { code, stdout } = await call(
      'import',
      'cae.weights.h5',
      'again.safetensors',
      '--like',
      'like.safetensors',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ output: ['again.safetensors'], parameters: 1249 });
    expect(await readFile(at('again.safetensors'))).toEqual(await readFile(at('like.safetensors')));
    const { code: missing, stderr } = await call('import', 'cae.weights.h5', 'other.safetensors');
    expect({ missing, stderr }).toMatchObject({ missing: 2, stderr: expect.stringContaining('with --like MODEL') });
  });

  test('says what it does not read', async () => {
    const unknown = await call('import', 'unknown.keras', 'unknown.safetensors');
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain("unknown.keras: Weft does not have these layers: LSTM 'memory'");
    await writeFile(at('text.keras'), 'text');
    expect(await call('import', 'text.keras', 'text.safetensors')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('text.keras is no file that is read here'),
    });
    expect(await call('import', 'cae.keras', 'cae.npz')).toMatchObject({ code: 2 });
    expect(await call('import', 'cae.keras', 'like.safetensors', '--like', 'none', '--overwrite')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cae.keras has layers of its own. Leave --like out.'),
    });
    await mkdir(at('folder.onnx'));
    expect(await call('import', 'folder.onnx', 'folder.safetensors')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('folder.onnx cannot be read: it is no file. Give an .onnx file'),
    });
    expect(await call('import', 'cae.keras', 'cae.safetensors')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give --overwrite'),
    });
  });
});

describe('weft export', () => {
  test('writes a model for Keras, with the script that loads it', async () => {
    await call('import', 'cae.keras', 'source.safetensors');
    const { code, stdout } = await call('export', 'source.safetensors', 'out/net.safetensors');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('net.py') });
    const { model, metadata } = decodeModel(await readFile(at('out/net.safetensors')));
    expect(model.weights).toHaveLength(10);
    expect(JSON.parse(metadata['keras.model']).layers).toHaveLength(9);
    expect(await readFile(at('out/net.py'), 'utf8')).toContain('import keras');
  });

  test('writes a model for ONNX, and says what cannot be told', async () => {
    await call('import', 'cae.keras', 'onnx-source.safetensors');
    expect(await call('export', 'onnx-source.safetensors', 'net.onnx')).toMatchObject({ code: 0 });
    expect((await readFile(at('net.onnx'))).length).toBeGreaterThan(5000);
    expect(await call('export', 'onnx-source.safetensors', 'upper.ONNX')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Written: upper.onnx'),
    });
    expect(await call('export', 'onnx-source.safetensors', 'onnx-source.safetensors', '--overwrite')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('onnx-source.safetensors is one of the files that are read'),
    });
    expect(await call('export', 'onnx-source.safetensors', 'net.pb')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("got 'net.pb'"),
    });
  });
});
