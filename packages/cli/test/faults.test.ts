import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, renameSync, truncateSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { FASHION_MNIST_FILES } from '@weft/data';
import { decodeSafetensors } from '@weft/formats';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { COMMAND, faultEnvironment, signalAt, temporaryFolder, weft, whileHeld } from './support/weft.js';

// Each row of the table in docs/RELIABILITY.md that is about the command is caused here, for real.

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const SMALL = ['train', '--model', 'cae', '--dataset', 'synthetic', '--limit', '64', '--test-limit', '2'];
const ENDLESS = [...SMALL, '--batch-size', '16', '--epochs', '1000000', '--threads', '2'];
const SHORT = [...SMALL, '--batch-size', '16', '--epochs', '3', '--threads', '2'];

/** Lines that were printed after those of the training. */
const lastLines = (stderr: string, count: number) => stderr.trimEnd().split('\n').slice(-count);

/** Nothing in a folder is half-written: what there is of checkpoints and models can be read. */
async function expectWhole(run: string): Promise<void> {
  const files = (await readdir(run, { recursive: true })).sort();
  expect(files.filter((file) => /\.tmp$|lock$/.test(file))).toEqual([]);
  for (const file of files.filter((name) => name.endsWith('.safetensors'))) {
    decodeSafetensors(await readFile(join(run, file)));
  }
}

/** Goes on with a run for a moment, and looks whether it could. */
async function expectResumable(run: string): Promise<void> {
  const { code, stderr } = await weft(['train', '--resume', run], {
    onStderr: signalAt(/CAE: resumed after|CAE +\d+\//, 'SIGINT'),
  });
  expect(stderr).not.toContain('damaged');
  expect(code).toBe(130);
}

describe('a worker', () => {
  const worker = [
    ['that throws', 'throw', 'A worker thread has failed: a fault that was injected.'],
    ['that is killed', 'exit', 'A worker thread has failed: worker exited with code: 7.'],
    ['whose memory is full', 'memory', 'reaching memory limit: JS heap out of memory. Use fewer threads or smaller'],
  ] as const;

  test.each(worker)('%s ends the run, which can be resumed', async (_, fault, message) => {
    const run = join(folder.path, fault);
    const options = fault === 'memory' ? '--max-old-space-size=96' : '';
    const { code, stdout, stderr } = await weft([...ENDLESS, '--checkpoint-every', '2steps', '--out', run], {
      environment: faultEnvironment(fault, 30, options),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [sentence, advice] = lastLines(stderr, 2);
    expect(sentence).toContain('weft: ');
    expect(sentence).toContain(message);
    expect(advice).toBe(`Resume with: weft train --resume ${relative(tmpdir(), run)}`);
    await expectWhole(run);
    await expectResumable(run);
  });
});

describe('shared memory', () => {
  test.skipIf(process.platform === 'win32')('that the system refuses is named, with what to do', async () => {
    const run = join(folder.path, 'refused');
    const command = `ulimit -v 8000000; exec "${process.execPath}" "${COMMAND}" ${SHORT.join(' ')} --out "${run}"`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd: folder.path });
    expect(stderr).toContain('The system refuses shared memory');
    expect(stderr).toContain('ulimit -v unlimited');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    await expectWhole(run);
  });
});

describe('a disk', () => {
  /** A small file system of its own; says so and ends the test where that is not to be had. */
  async function smallDisk(context: TestContext, name: string, size: string): Promise<string> {
    const path = join(folder.path, name);
    await mkdir(path);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
    if (mounted.status !== 0) context.skip('a small file system can be mounted by root on Linux only');
    context.onTestFinished(() => void spawnSync('umount', ['-l', path]));
    return path;
  }

  test('that is full lets training go on, and keeps the checkpoint before', async (context) => {
    const run = await smallDisk(context, 'full', '2300k');
    const { code, stdout, stderr } = await weft([...SHORT, '--checkpoint-every', '1steps', '--out', run]);
    expect(stderr).toMatch(
      /The checkpoint after step \d+ could not be written: ENOSPC.* Training continues; the last one/,
    );
    expect(stderr).toContain('CAE 3/3');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const [sentence, advice] = lastLines(stderr, 2);
    expect(sentence).toMatch(/cannot be written: ENOSPC.*\. Make room for it/);
    expect(advice).toBe(`Resume with: weft train --resume ${relative(tmpdir(), run)}`);
    await expectWhole(run);
    execFileSync('mount', ['-o', 'remount,size=64m', run]);
    const resumed = await weft(['train', '--resume', run]);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('CAE: resumed after');
  });

  test('that becomes read-only does so too, and ends the run when its weights cannot be written', async (context) => {
    const run = await smallDisk(context, 'read-only', '64m');
    // It cannot be done at a moment when a file is being written: the last one is, while the next step does not end.
    const protect = () => {
      while (spawnSync('mount', ['-o', 'remount,ro', run]).status !== 0);
    };
    const { code, stderr } = await weft([...SHORT, '--out', run], whileHeld(folder.path, 'CAE 1/3', protect));
    expect(stderr).toContain('could not be written: EROFS');
    expect(stderr).toContain('CAE 3/3');
    expect(lastLines(stderr, 2)[0]).toMatch(/cannot be written: EROFS/);
    expect(code).toBe(1);
    execFileSync('mount', ['-o', 'remount,rw', run]);
    expect((await weft(['train', '--resume', run])).code).toBe(0);
    await expectWhole(run);
  });

  test('on which the folder of the run is removed gets it again, with all that can be resumed from', async () => {
    const run = join(folder.path, 'removed');
    let epochs = 0;
    const interrupt = signalAt('val_loss', 'SIGINT');
    const { code } = await weft([...ENDLESS, '--out', run], {
      onStderr(child, text) {
        const ended = text.split('val_loss').length - 1;
        // At once, as whoever removes file by file may meet new ones.
        if (epochs === 0 && ended > 0) {
          renameSync(run, `${run}-gone`);
          epochs = ended;
        }
        if (epochs > 0 && ended > epochs + 2) interrupt(child, text);
      },
    });
    expect(code).toBe(130);
    await rm(`${run}-gone`, { recursive: true });
    await expectWhole(run);
    await expectResumable(run);
  });
});

describe('data files', () => {
  const source = process.env.WEFT_TEST_DATA_DIR ?? process.env.WEFT_DATA_DIR;
  const { trainImages } = FASHION_MNIST_FILES;

  test.skipIf(!source || !existsSync(join(source, trainImages.name)))(
    'that are cut between epochs change nothing in the run, and are named when it is to be resumed',
    async () => {
      const data = join(folder.path, 'data');
      await mkdir(data);
      for (const { name } of Object.values(FASHION_MNIST_FILES)) await symlink(join(source!, name), join(data, name));
      const path = join(data, trainImages.name);
      await rm(path);
      await copyFile(join(source!, trainImages.name), path);
      const run = join(folder.path, 'cut');
      const args = [...SHORT, '--dataset', 'fashion-mnist', '--out'];
      const options = { environment: { WEFT_DATA_DIR: data } };
      expect((await weft([...args, `${run}-not`], options)).code).toBe(0);
      const { environment, onStderr } = whileHeld(folder.path, 'CAE 1/3', () => truncateSync(path, 1000));
      const { code } = await weft([...args, run], {
        environment: { ...options.environment, ...environment },
        onStderr,
      });
      expect(code).toBe(0);
      const weights = (name: string) => readFile(join(name, 'cae.safetensors'));
      expect(await weights(run)).toEqual(await weights(`${run}-not`));
      const resumed = await weft(['train', '--resume', run, '--epochs', '4'], options);
      expect(resumed.stderr).toContain(`${trainImages.name} is damaged`);
      expect(resumed.code).toBe(3);
      await expectWhole(run);
    },
  );
});

describe('a terminal', () => {
  test('whose window is closed has the run save its state', async (context) => {
    if (spawnSync('script', ['--version']).status !== 0) context.skip('there is no `script` to make a terminal with');
    const run = join(folder.path, 'closed');
    const command = `exec "${process.execPath}" "${COMMAND}" ${ENDLESS.join(' ')} --out "${run}"`;
    // What is printed goes through the terminal into a file; when the terminal is killed, the kernel hangs up.
    const typescript = join(folder.path, 'typescript');
    const closing = `script -qfc '${command}' /dev/null > '${typescript}' < /dev/null & terminal=$!
      until grep -q val_loss '${typescript}'; do sleep 0.1; done
      pid=$(sed -E 's/.*"pid":([0-9]+).*/\\1/' '${join(run, 'run.lock')}')
      kill -KILL $terminal
      while kill -0 $pid; do sleep 0.1; done`;
    // Should the command not end, the test does.
    const ended = spawnSync('bash', ['-c', closing], { timeout: context.task.timeout });
    expect(ended.status).toBe(0);
    // A process that the hang-up had killed would have left its lock.
    await expectWhole(run);
    await expectResumable(run);
  });

  test('whose readers have gone does not keep a run from its end', async () => {
    const run = join(folder.path, 'unread');
    const { code } = await weft([...SHORT, '--out', run], {
      onStderr(child) {
        child.stdout?.destroy();
        child.stderr?.destroy();
      },
    });
    expect(code).toBe(0);
    expect(existsSync(join(run, 'run.json'))).toBe(true);
    await expectWhole(run);
  });
});

describe('a loss that is no finite number', () => {
  test('ends the run, and names epoch and step', async () => {
    const run = join(folder.path, 'diverged');
    const args = [...SHORT, '--learning-rate', '1e30', '--checkpoint-every', '1steps', '--out', run];
    const { code, stdout, stderr } = await weft(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(lastLines(stderr, 1)[0]).toMatch(
      /^weft: (The loss|A weight|The validation loss) is not a finite number after step \d+ of epoch 1: training has diverged\. Use a smaller learning rate/,
    );
    expect(existsSync(join(run, 'run.json'))).toBe(false);
    await expectWhole(run);
  });

  test('continues with --on-nan continue, and fails the run at its end', async () => {
    const run = join(folder.path, 'borne');
    const { code, stderr } = await weft([...SHORT, '--learning-rate', '1e30', '--on-nan', 'continue', '--out', run]);
    expect(stderr).toContain('CAE 3/3');
    expect(code).toBe(1);
    const { history } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8')).models.cae;
    expect(history.loss).toHaveLength(3);
    expect(history.loss.at(-1)).toBe('NaN');
    expect(existsSync(join(run, 'checkpoints'))).toBe(false);
    await expectWhole(run);
  });
});
