import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticGarments } from '@weft/data';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseOptions } from '../arguments/parse.js';
import { trainOptions } from '../commands/train-options.js';
import { InputError } from '../exit.js';
import { readOptionsFile, runIdentity, runOptions } from './options-file.js';
import { checkData, resumeCommand, resumedOptions } from './resume.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-options-'));
});
afterAll(() => rm(folder, { recursive: true }));

const data = syntheticGarments({ trainCount: 6, testCount: 4 });
const parse = (...args: string[]) => parseOptions('weft train', trainOptions, args);
const options = runOptions(parse('--limit', '6', '--seed', '3').values);
const contents = { ...options, testLimit: null, out: 'run', run: runIdentity(data) };
const read = async (json: unknown) => {
  await writeFile(join(folder, 'options.json'), JSON.stringify(json));
  return readOptionsFile(folder);
};

describe('options.json', () => {
  test('is read as it was written; an option that came later has its default', async () => {
    expect(await read(contents)).toEqual({ options, run: contents.run });
    const { checkpointEvery: _later, ...older } = contents;
    expect(await read(older)).toEqual({ options, run: contents.run });
  });

  test('holds nothing that the command line would not take', async () => {
    const names = fc.constantFrom(...Object.keys(options));
    await fc.assert(
      fc.asyncProperty(names, fc.jsonValue({ maxDepth: 2 }), async (name, value) => {
        const result = await read({ ...contents, [name]: value }).catch((error: unknown) => error);
        if (result instanceof InputError) {
          expect(result.message).toContain('options.json has no --');
          return;
        }
        const taken = (result as { options: Readonly<Record<string, unknown>> }).options[name];
        const text = typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
        const { kind } = trainOptions[name as 'epochs'];
        if (text !== undefined) expect(taken).toEqual(kind.read(text));
        else expect([true, false, undefined]).toContain(taken);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [null, 'is no table of options'],
    [{ ...contents, run: undefined }, 'does not say which data'],
    [{ ...contents, run: { ...contents.run, dataSha256: null } }, 'does not say which data'],
    [{ ...contents, run: { ...contents.run, formatVersion: 2 } }, 'has format version 2; this Weft reads 1'],
    [{ ...contents, epochs: null }, 'has no --epochs that can be taken'],
  ])('is refused otherwise: %#', async (json, message) => {
    await expect(read(json)).rejects.toBeInstanceOf(InputError);
    await expect(read(json)).rejects.toThrow(message);
  });
});

describe('a run that is resumed', () => {
  const file = { options, run: contents.run };
  const resume = (...args: string[]) => {
    const { values, given } = parse(...args);
    return resumedOptions('run', file, values, given);
  };

  test('has its own options, and new ones where they decide no bit', () => {
    expect(resume()).toEqual(options);
    expect(resume('--seed', '3', '--limit', '6')).toEqual(options);
    const changes = ['--epochs', '99', '--threads', '3', '--checkpoint-every', '5steps', '--on-nan', 'continue'];
    const changed = { epochs: 99, threads: 3, checkpointEvery: '5steps', onNan: 'continue' };
    expect(resume(...changes)).toEqual({ ...options, ...changed });
  });

  test.each([
    [['--seed', '4'], '--seed: got 4, the run has 3'],
    [['--test-limit', '4'], '--test-limit: got 4, the run has none'],
    [['--quick'], '--quick: got true, the run has false'],
    [['--epochs', '2'], 'a resumed run may have more, not fewer'],
    [['--overwrite'], '--overwrite: --resume run writes into that very folder'],
  ])('refuses %j', (args, message) => {
    expect(() => resume(...args)).toThrow(message);
  });

  test('names the part of the data that is another', () => {
    expect(() => checkData(data, contents.run)).not.toThrow();
    const other = { ...data, test: syntheticGarments({ trainCount: 1, testCount: 5 }).test };
    expect(() => checkData(other, contents.run)).toThrow(/begun with: the test images have SHA-256 [0-9a-f]{64}/);
  });

  test('is named in a command that a shell reads as one word', () => {
    expect(resumeCommand('/runs/a.b-c_1')).toBe('weft train --resume /runs/a.b-c_1');
    expect(resumeCommand("/runs/it's $HOME")).toBe("weft train --resume '/runs/it'\\''s $HOME'");
  });
});
