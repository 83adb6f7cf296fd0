import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMAND, temporaryFolder, weft } from './support/weft.js';

// What every command does where it cannot write what it has to say, or stands in a folder that is gone.

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const { code } = await weft([...TRAIN, '--out', 'run'], { cwd: folder.path });
  expect(code).toBe(0);
});
afterAll(() => folder.remove());

const SIZES = ['--limit', '4', '--test-limit', '2', '--epochs', '1', '--threads', '1'];
const TRAIN = ['train', '--model', 'cae', '--dataset', 'synthetic', ...SIZES];
const EVALUATE = ['evaluate', 'run', '--test-limit', '2', '--threads', '1'];

const COMMANDS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['train', [...TRAIN, '--out', 'other']],
  ['evaluate', [...EVALUATE, '--json']],
  ['report', ['report', 'run']],
  ['info', ['info']],
  ['info of a run', ['info', 'run', '--json']],
  ['doctor', ['doctor', '--json']],
];
const WORDS = [
  ['--help', ['--help']],
  ['train --help', ['train', '--help']],
  ['--version', ['--version']],
] as const;

/** Runs the command in a shell, with what follows it there. */
function shell(args: readonly string[], rest: string, before = '') {
  const command = `${before} "${process.execPath}" "${COMMAND}" ${args.join(' ')} ${rest}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder.path, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** Where Node's stack traces and its own farewell would be. */
const TRACE = /^ +at |Node\.js v|\.js:\d+/m;

describe.skipIf(!existsSync('/dev/full'))('on a full disk', () => {
  test.each([...COMMANDS, ...WORDS])('the results of %s are missed in a sentence, and it fails', (_, args) => {
    const { code, stderr } = shell(args, '> /dev/full');
    expect(stderr).toMatch(/^weft: stdout cannot be written: ENOSPC: no space left on device.*\. Make room for it/m);
    expect(stderr).not.toMatch(TRACE);
    expect(code).toBe(1);
  });

  test('a training goes on without its messages to the end, prints its results, and fails', () => {
    const { code, stdout } = shell([...TRAIN, '--json', '--out', 'silent'], '2> /dev/full');
    expect(JSON.parse(stdout).models.cae.history.loss).toHaveLength(1);
    expect(existsSync(join(folder.path, 'silent', 'run.json'))).toBe(true);
    expect(code).toBe(1);
  });

  test('the fault of a command keeps its exit code, with or without a place to tell it', () => {
    expect(shell(['train', '--epochz', '3'], '2> /dev/full').code).toBe(2);
    expect(shell(['evaluate', 'nowhere'], '> /dev/full').code).toBe(3);
    expect(shell(['info'], '> /dev/full 2> /dev/full').code).toBe(1);
  });
});

describe.skipIf(process.platform === 'win32')('for a reader that has gone', () => {
  test.each([...COMMANDS, ...WORDS])('%s ends as if it had read all', (_, args) => {
    const { stdout, stderr } = shell(args, '| true; echo $PIPESTATUS');
    expect(stdout.trim()).toBe('0');
    expect(stderr).not.toMatch(TRACE);
  });
});

describe.skipIf(process.platform !== 'linux')('in a folder that was deleted', () => {
  test.each(COMMANDS)('%s says so and fails', async (_, args) => {
    const gone = join(folder.path, 'gone');
    await mkdir(gone);
    const { code, stdout, stderr } = shell(args, '', `cd "${gone}" && rmdir "${gone}" &&`);
    expect(stderr.trim()).toMatch(
      /^weft: the current folder cannot be found: it was deleted or moved .*\. Change to one/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  test.each(WORDS)('%s answers', async (_, args) => {
    const gone = join(folder.path, 'gone');
    await mkdir(gone);
    expect(shell(args, '', `cd "${gone}" && rmdir "${gone}" &&`)).toMatchObject({ code: 0, stderr: '' });
  });
});
