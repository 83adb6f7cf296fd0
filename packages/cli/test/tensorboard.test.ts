import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '@weft/data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

const SMALL = ['--dataset', 'synthetic', '--limit', '120', '--test-limit', '60', '--batch-size', '40'];
const MODEL = ['--model', 'cae,cdae', '--filters', '4,4', '--threads', '2'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...names: string[]) => join(folder.path, ...names);
const train = (...args: string[]) => weft(['train', ...args], { cwd: folder.path });
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

async function eventsOf(model: string, set: string): Promise<Buffer[]> {
  const names = (await readdir(at('logs', model, set))).sort();
  return Promise.all(names.map((name) => readFile(at('logs', model, set, name))));
}

const count = (bytes: Buffer, text: string) => bytes.toString('latin1').split(text).length - 1;

/** The first PNG in a file of events, up to the last chunk. */
function pngIn(bytes: Buffer): Uint8Array {
  const begin = bytes.indexOf(Buffer.of(0x89, 0x50, 0x4e, 0x47));
  return bytes.subarray(begin, bytes.indexOf('IEND', begin) + 8);
}

describe('weft train --tensorboard', () => {
  test('writes events of each model, and for a run that is resumed those of the other epochs', async () => {
    const { code, stderr } = await train(...SMALL, ...MODEL, '--epochs', '2', '--out', 'run', '--tensorboard', 'logs');
    expect(stderr).not.toContain('Error');
    expect(code).toBe(0);
    expect((await readdir(at('logs'))).sort()).toEqual(['cae', 'cdae']);
    const [events, ...others] = await eventsOf('cae', 'train');
    expect(others).toEqual([]);
    expect(count(events, 'epoch_loss')).toBe(2);
    expect(count(events, 'enc_conv1/kernel/histogram')).toBe(2);
    expect(count(events, 'reconstructions')).toBe(2);
    // Eight images side by side, above what comes out; the CDAE's have noise in between.
    expect(decodeImage(pngIn(events))).toMatchObject({ width: 8 * 28, height: 2 * 28, channels: 1 });
    const [ofNoise] = await eventsOf('cdae', 'train');
    expect(decodeImage(pngIn(ofNoise))).toMatchObject({ width: 8 * 28, height: 3 * 28 });
    const [validation] = await eventsOf('cae', 'validation');
    expect(count(validation, 'epoch_loss')).toBe(2);
    const again = await train('--resume', 'run', '--epochs', '3', '--tensorboard', 'logs');
    expect(again.code).toBe(0);
    expect((await eventsOf('cae', 'train')).map((each) => count(each, 'epoch_loss'))).toEqual([2, 1]);
  });

  test('does not stop a training for which there is no room there', async () => {
    const { code, stderr } = await train(
      ...SMALL,
      ...['--model', 'cae', '--filters', '4,4', '--epochs', '2', '--out', 'other', '--tensorboard', 'run/run.json'],
    );
    expect(code).toBe(0);
    expect(stderr.split('nothing can be written into')).toHaveLength(2);
    expect(await readdir(at('other'))).toContain('run.json');
  });
});
