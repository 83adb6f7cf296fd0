import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '@weft/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const ENDLESS = ['train', '--dataset', 'synthetic', '--limit', '64', '--batch-size', '16', '--epochs', '1000000'];

describe('Ctrl-C', () => {
  test('saves what there is, says where, and exits with 130', async () => {
    let sent = false;
    const { code, stdout, stderr } = await weft([...ENDLESS, '--test-limit', '2', '--out', 'run'], {
      cwd: folder.path,
      onStderr(child, text) {
        if (sent || !text.includes('val_loss')) return;
        sent = true;
        child.kill('SIGINT');
      },
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('Saved in run');
    expect(stderr).toContain('checkpoints/cae-interrupted.safetensors');
    const run = join(folder.path, 'run');
    const { model, metadata } = await loadModel(join(run, 'checkpoints', 'cae-interrupted.safetensors'));
    expect(model.countParameters()).toBe(74_497);
    expect(Number(metadata.epochs)).toBeGreaterThanOrEqual(1);
    const lines = (await readFile(join(run, 'metrics.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + Number(metadata.epochs));
    expect(existsSync(join(run, 'run.json'))).toBe(false);
    expect(JSON.parse(await readFile(join(run, 'options.json'), 'utf8'))).toMatchObject({ epochs: 1_000_000 });
  });
});

describe('a reader that has gone', () => {
  test('is no failure', async () => {
    const { code, stderr } = await weft(['train', '--help'], { onSpawn: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('help', () => {
  test.each(['train', 'evaluate', 'report', 'info'])(
    'weft %s --help lists its options with their defaults',
    async (command) => {
      const { code, stdout, stderr } = await weft([command, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: weft ${command}`);
      expect(stdout).toContain('--quiet');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    },
  );

  test('every option of the training is there', async () => {
    const { stdout } = await weft(['train', '--', '--help']);
    for (const [option, standard] of [
      ['--model cae|cdae|all', 'default all'],
      ['--dataset auto|fashion-mnist|synthetic', 'default auto'],
      ['--epochs N', 'default 20'],
      ['--batch-size N', 'default 256'],
      ['--validation-split X', 'default 0.2'],
      ['--learning-rate X', 'default 0.001'],
      ['--noise-factor X', 'default 0.4'],
      ['--noise-per-epoch', ''],
      ['--seed N', 'default 42'],
      ['--threads N', 'default all cores'],
      ['--limit N', 'default all'],
      ['--test-limit N', 'default all'],
      ['--quick', ''],
      ['--out DIR', 'default reports/runs'],
      ['--json', ''],
      ['--quiet', ''],
      ['--version', ''],
    ]) {
      const [, entry = ''] = stdout.split(`  ${option} `);
      expect(entry.split(/\n {2}-/)[0].replace(/\s+/g, ' ')).toContain(standard);
    }
  });
});
