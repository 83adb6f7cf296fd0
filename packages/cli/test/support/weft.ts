import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command's file. */
export const COMMAND = fileURLToPath(new URL('../../bin/weft.js', import.meta.url));

/** What the real command did. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to call it. */
export interface CallOptions {
  readonly cwd?: string;
  /** The Node that runs it. Default: this one. */
  readonly node?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Is given the process and all of stderr so far, whenever there is more of it. */
  readonly onStderr?: (child: ChildProcess, stderr: string) => void;
  /** Is given the process when it has begun. */
  readonly onSpawn?: (child: ChildProcess) => void;
}

/** Runs `weft` as a user does, without the variables that pnpm sets for the tests. */
export function weft(args: readonly string[], options: CallOptions = {}): Promise<Finished> {
  const { cwd = tmpdir(), node = process.execPath, environment = {}, onStderr, onSpawn } = options;
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|INIT_CWD$|NODE_|VITEST|WEFT_|FORCE_COLOR$)/i.test(name),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(node, [COMMAND, ...args], {
      cwd,
      env: { ...Object.fromEntries(inherited), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(child, stderr);
    });
    child.on('error', reject);
    // A run without end must not outlive a test that has given up.
    const end = () => child.kill('SIGKILL');
    process.once('exit', end);
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, stdout, stderr });
    });
    onSpawn?.(child);
  });
}

/** For `onStderr`: sends a signal, once, as soon as a text was printed. */
export function signalAt(text: string | RegExp, signal: NodeJS.Signals): NonNullable<CallOptions['onStderr']> {
  let sent = false;
  return (child, stderr) => {
    if (sent || stderr.search(text) < 0) return;
    sent = true;
    child.kill(signal);
  };
}

const FAULT = fileURLToPath(new URL('./fault.cjs', import.meta.url));

/**
 * Variables that make one worker of the command fail for real, after it has taken so many pieces of work.
 *
 * @param options for node besides
 */
export function faultEnvironment(
  fault: 'throw' | 'exit' | 'memory' | 'hang',
  pieces: number,
  options = '',
): Readonly<Record<string, string>> {
  return preloaded({ WEFT_FAULT: `${fault}@${pieces}` }, options);
}

/** Variables that have the command sent SIGINT when it makes a folder. */
export const interruptEnvironment = (folder: string) => preloaded({ WEFT_INTERRUPT: folder });

const preloaded = (environment: Readonly<Record<string, string>>, options = '') => ({
  NODE_OPTIONS: `--require ${JSON.stringify(FAULT)} ${options}`,
  ...environment,
});

/**
 * Has the command's workers stop at the first piece of work after a text was printed, and does something meanwhile:
 * training is at this place, however fast or slow it is.
 *
 * @param folder where a file may be written
 * @param act is given the process
 * @param answer what is printed then, upon which the workers go on; default at once
 */
export function whileHeld(
  folder: string,
  text: string,
  act: (child: ChildProcess) => void,
  answer = '',
): Required<Pick<CallOptions, 'environment' | 'onStderr'>> {
  const until = join(folder, `go-on-${randomUUID()}`);
  let [isHeld, isFree] = [false, false];
  return {
    environment: preloaded({ WEFT_HOLD: JSON.stringify({ text, until }) }),
    onStderr(child, stderr) {
      if (!isHeld && stderr.includes('Held\n')) {
        isHeld = true;
        act(child);
      }
      if (isHeld && !isFree && stderr.includes(answer)) {
        isFree = true;
        writeFileSync(until, '');
      }
    },
  };
}

/** A folder that is removed again by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'weft-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
