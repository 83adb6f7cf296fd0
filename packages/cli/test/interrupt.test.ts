import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '@weft/pool';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultEnvironment, interruptEnvironment, signalAt, temporaryFolder, weft } from './support/weft.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const ENDLESS = ['train', '--dataset', 'synthetic', '--limit', '64', '--batch-size', '16', '--epochs', '1000000'];

const readRun = (...names: string[]) => readFile(join(folder.path, ...names), 'utf8');

describe('Ctrl-C', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;

  test.each(signals)('and the like end the step, save it, say how to go on: %s', async (signal, expected) => {
    const { code, stdout, stderr } = await weft([...ENDLESS, '--test-limit', '2', '--out', signal], {
      cwd: folder.path,
      onStderr: signalAt('val_loss', signal),
    });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toContain('Interrupted: finishing the running step.');
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(`Interrupted. Resume with: weft train --resume ${signal}`);
    const { model, metadata } = await loadModel(join(folder.path, signal, 'checkpoints', 'cae-best.safetensors'));
    expect(model.countWeights()).toBe(74_497);
    expect(JSON.parse(metadata.card)).toMatchObject({ model: 'cae', dataset: 'synthetic', seed: 42 });
    expect(JSON.parse(metadata.card).epochs).toBeGreaterThanOrEqual(1);
    const epochs = (await readRun(signal, 'metrics.csv')).trimEnd().split('\n').length - 1;
    const saved = (await readdir(join(folder.path, signal, 'checkpoints')))
      .flatMap((file) => /^cae-step-(\d+)/.exec(file)?.[1] ?? [])
      .map(Number);
    // Four steps an epoch; the step that was running is saved too.
    expect(Math.floor(Math.max(...saved) / 4)).toBe(epochs);
    expect((await readdir(join(folder.path, signal))).sort()).toEqual([
      'checkpoints',
      'metrics.csv',
      'options.json',
      'sessions.json',
    ]);
    expect(JSON.parse(await readRun(signal, 'options.json'))).toMatchObject({ epochs: 1_000_000 });
  });

  test('twice ends at once, also when no step ever ends, and damages nothing', async () => {
    const kill = (child: ChildProcess) => child.kill('SIGINT');
    let [first, timer] = [false, undefined as NodeJS.Timeout | undefined];
    const { code, stderr } = await weft([...ENDLESS, '--out', 'twice', '--threads', '2'], {
      cwd: folder.path,
      environment: { ...faultEnvironment('hang', 60) },
      onStderr(child, text) {
        if (first || !text.includes('Injected: hang')) return;
        first = true;
        kill(child);
        // Two within a moment are taken for one: package managers hand on what the terminal has sent already.
        timer = setInterval(() => kill(child), 400);
      },
    });
    clearInterval(timer);
    expect(code).toBe(130);
    expect(stderr).not.toContain('Resume with');
    const left = await readdir(join(folder.path, 'twice'));
    expect(left).not.toContain('run.lock');
    const again = await weft(['train', '--resume', 'twice'], {
      cwd: folder.path,
      onStderr: signalAt('val_loss', 'SIGTERM'),
    });
    expect(again.code).toBe(143);
    expect(again.stderr).not.toContain('damaged');
  });

  test('before there is anything to save says so, and leaves nothing behind', async () => {
    const nothing = join(folder.path, 'nothing');
    const { code, stderr } = await weft([...ENDLESS, '--out', 'nothing'], {
      cwd: folder.path,
      environment: interruptEnvironment(nothing),
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted: nothing was saved.');
    expect(existsSync(nothing)).toBe(false);
  });
});

describe('a reader that has gone', () => {
  test('is no failure', async () => {
    const { code, stderr } = await weft(['train', '--help'], { onSpawn: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('help', () => {
  test.each(['train', 'evaluate', 'report', 'info', 'explain'])(
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
      ['--model MODEL,...', 'default all'],
      ['--dataset auto|fashion-mnist|synthetic', 'default auto'],
      ['--epochs N', 'default 20'],
      ['--batch-size N', 'default 256'],
      ['--validation-split X', 'default 0.2'],
      ['--learning-rate X', 'default 0.001'],
      ['--noise-factor X', 'default none'],
      ['--noise NOISE', 'default gaussian:0.4'],
      ['--noise-per-epoch', ''],
      ['--seed N', 'default 42'],
      ['--threads N', 'default all cores'],
      ['--limit N', 'default all'],
      ['--test-limit N', 'default all'],
      ['--quick', ''],
      ['--out DIR', 'default reports/runs'],
      ['--resume DIR', 'default none'],
      ['--overwrite', ''],
      ['--checkpoint-every INTERVAL', 'default each minute'],
      ['--on-nan stop|continue', 'default stop'],
      ['--json', ''],
      ['--quiet', ''],
      ['--version', ''],
    ]) {
      const [, entry = ''] = stdout.split(`  ${option} `);
      expect(entry, option).not.toBe('');
      expect(entry.split(/\n {2}-/)[0].replace(/\s+/g, ' ')).toContain(standard);
    }
  });
});
