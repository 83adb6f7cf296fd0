import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel } from '@weft/formats';
import { Flatten, Reshape, Sequential } from '@weft/nn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exampleRecordText } from './support/example-record.js';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let run: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  run = join(folder.path, 'run');
  await mkdir(join(run, 'figures'), { recursive: true });
});
afterEach(() => folder.remove());

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>';
const withFigures = (...names: string[]) =>
  exampleRecordText({ figures: names.map((name) => ({ name, title: 'Title', caption: 'Caption' })) });

/** All files below the folder, apart from those of the run. */
const outside = async () =>
  (await readdir(folder.path, { recursive: true })).filter(
    (name) => name !== 'run' && !name.startsWith(join('run', '')),
  );

describe('weft report, on the folder of a run that came from elsewhere', () => {
  test('takes figures by our own names only, and writes the report only', async () => {
    const names = ['../../secret', '/etc/passwd', 'figure-1/../../../secret', 'figure-9', 'figure-1\0', '__proto__'];
    await writeFile(join(folder.path, 'secret.svg'), '<svg>secret</svg>');
    await writeFile(join(run, 'run.json'), withFigures('figure-1', ...names));
    await writeFile(join(run, 'figures', 'figure-1.svg'), SVG);
    const { code, stderr } = await weft(['report', run]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const page = await readFile(join(run, 'report.html'), 'utf8');
    const embedded = [...page.matchAll(/base64,([^"]*)"/g)].map(([, text]) => Buffer.from(text, 'base64').toString());
    expect(embedded).toEqual([SVG]);
    expect(await outside()).toEqual(['secret.svg']);
    expect((await readdir(run)).sort()).toEqual(['figures', 'report.html', 'run.json']);
  });

  test.skipIf(process.platform === 'win32')('embeds nothing that a link in it leads to', async () => {
    await writeFile(join(folder.path, 'secret'), 'secret');
    await writeFile(join(run, 'run.json'), withFigures('figure-1'));
    await symlink('../../secret', join(run, 'figures', 'figure-1.svg'));
    const { code, stderr } = await weft(['report', run]);
    expect(stderr).toContain("figure-1.svg is a link to a file outside of the run's folder");
    expect(code).toBe(3);
    expect(await readdir(run)).not.toContain('report.html');
  });

  test.each(['no JSON', '{"kind":"lines"}', '{"kind":"points","__proto__":{}}', '[]'])(
    'shows a figure with the data %s as a picture',
    async (text) => {
      const figure = { name: 'figure-1', title: 'Title', caption: 'Caption', data: true };
      await writeFile(join(run, 'run.json'), exampleRecordText({ figures: [figure] }));
      await writeFile(join(run, 'figures', 'figure-1.svg'), SVG);
      await writeFile(join(run, 'figures', 'figure-1.json'), text);
      const { code, stderr } = await weft(['report', run]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const page = await readFile(join(run, 'report.html'), 'utf8');
      expect(page.match(/<img /g)).toHaveLength(1);
      expect(page).not.toContain('<script');
    },
  );

  test.skipIf(process.platform === 'win32')('reads no data that a link in it leads to', async () => {
    await writeFile(join(folder.path, 'secret'), 'secret');
    const figure = { name: 'figure-1', title: 'Title', caption: 'Caption', data: true };
    await writeFile(join(run, 'run.json'), exampleRecordText({ figures: [figure] }));
    await writeFile(join(run, 'figures', 'figure-1.svg'), SVG);
    await symlink('../../secret', join(run, 'figures', 'figure-1.json'));
    const { code, stderr } = await weft(['report', run]);
    expect(stderr).toContain("figure-1.json is a link to a file outside of the run's folder");
    expect(code).toBe(3);
  });

  test.skipIf(process.platform === 'win32')('writes through no link', async () => {
    await writeFile(join(folder.path, 'mine'), 'mine');
    await writeFile(join(run, 'run.json'), withFigures());
    await symlink('../mine', join(run, 'report.html'));
    expect((await weft(['report', run])).code).toBe(0);
    expect(await readFile(join(folder.path, 'mine'), 'utf8')).toBe('mine');
    expect(await readFile(join(run, 'report.html'), 'utf8')).toContain('<!doctype html>');
  });

  test.skipIf(process.platform === 'win32')('waits for no pipe', async () => {
    for (const name of ['run.json', join('figures', 'figure-1.svg')]) {
      await writeFile(join(run, 'run.json'), withFigures('figure-1'));
      await rm(join(run, name), { force: true });
      execFileSync('mkfifo', [join(run, name)]);
      const { code, stderr } = await weft(['report', run]);
      expect(stderr).toContain(`${name} is no file that can be read to its end`);
      expect(code).toBe(3);
      await rm(join(run, name));
    }
  });
});

describe('weft info and weft evaluate, on a model that came from elsewhere', () => {
  const hostile = '\x1b[2J\x9b31m<script>alert(1)<|script>..\u202e';

  test('show its names as text, and write nothing', async () => {
    const layers = [new Flatten({ name: hostile }), new Reshape({ targetShape: [2, 2, 1] })];
    const model = new Sequential(layers, { inputShape: [2, 2, 1], name: hostile });
    await writeFile(join(run, 'cae.safetensors'), encodeModel(model, { dataset: '../../etc', model: '__proto__' }));
    for (const args of [
      ['info', run],
      ['info', run, '--json'],
      ['evaluate', run, '--dataset', 'synthetic', '--test-limit', '2'],
    ]) {
      const { code, stdout, stderr } = await weft(args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
      expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      expect(code).toBe(args[0] === 'info' ? 0 : 3);
    }
    expect(await outside()).toEqual([]);
    expect((await readdir(run)).sort()).toEqual(['cae.safetensors', 'figures']);
  });

  test.skipIf(process.platform === 'win32')('wait for no pipe', async () => {
    execFileSync('mkfifo', [join(run, 'cae.safetensors')]);
    for (const command of ['info', 'evaluate']) {
      const { code, stderr } = await weft([command, run]);
      expect(stderr).toContain('cae.safetensors: it is not a file');
      expect(code).toBe(3);
    }
  });
});
