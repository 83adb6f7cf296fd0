import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { OutputError } from '../exit.js';

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one of the same number; empty where the system does not say. */
  readonly begin: string;
}

/** A file that says that a process writes into a folder. It goes with the process, however that ends. */
export class Lock {
  private readonly text = JSON.stringify(thisProcess());
  private readonly release = () => this.remove();

  private constructor(private readonly path: string) {}

  /**
   * Takes a lock. One whose process is gone is taken over.
   *
   * @param folder for messages
   * @throws OutputError if another process holds it; Error of the system if the file cannot be written
   */
  static async take(path: string, folder: string): Promise<Lock> {
    const lock = new Lock(path);
    for (;;) {
      if (await lock.tryToTake()) {
        process.on('exit', lock.release);
        return lock;
      }
      const held = await readFile(path, 'utf8').catch(ifMissing);
      if (held === undefined) continue;
      refuseIfAlive(parse(held), path, folder);
      await lock.removeStale(held);
    }
  }

  /** Gives the lock back. */
  free(): void {
    process.off('exit', this.release);
    this.remove();
  }

  /** Makes the file with all of its content at once, unless it is there. */
  private async tryToTake(): Promise<boolean> {
    const beside = `${this.path}.${randomUUID()}.tmp`;
    await writeFile(beside, this.text);
    try {
      await link(beside, this.path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      // Some file systems know no links: there the file may be seen empty for a moment.
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return await this.tryToWrite();
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
  }

  private async tryToWrite(): Promise<boolean> {
    try {
      await writeFile(this.path, this.text, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Two may find the same lock stale. Whoever moves it away looks whether it still is the one that was found. */
  private async removeStale(found: string): Promise<void> {
    const moved = `${this.path}.${randomUUID()}.tmp`;
    try {
      await rename(this.path, moved);
    } catch (error) {
      ifMissing(error as NodeJS.ErrnoException);
      return;
    }
    if ((await readFile(moved, 'utf8')) !== found) await link(moved, this.path);
    await rm(moved, { force: true });
  }

  /** At the exit of a process there is no time to wait. */
  private remove(): void {
    try {
      if (readFileSync(this.path, 'utf8') === this.text) rmSync(this.path);
    } catch {
      // The folder is gone, or cannot be written any more: the lock is stale as soon as this process is gone.
    }
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), begin: beginOf(process.pid) };
}

/** A text that no earlier or later process of this number has, by Linux's /proc; else an empty one. */
function beginOf(pid: number): string {
  try {
    // Behind the name, which may hold anything in brackets, the begin is the 20th word: in ticks since the system's.
    const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
  } catch {
    return '';
  }
}

function parse(text: string): Partial<Holder> {
  try {
    const holder: unknown = JSON.parse(text);
    return typeof holder === 'object' && holder !== null ? holder : {};
  } catch {
    return {};
  }
}

function refuseIfAlive(held: Partial<Holder>, path: string, folder: string): void {
  const holder = stateOf(held);
  if (holder === 'gone') return;
  if (holder === 'elsewhere') {
    throw new OutputError(
      `${folder} is in use by process ${held.pid} on ${held.host}, as far as can be told from ${hostname()}. If no weft runs there any more, delete ${path} and try again.`,
    );
  }
  throw new OutputError(
    `${folder} is in use by another weft, process ${held.pid}. Wait until it ends, or choose another folder with --out DIR.`,
  );
}

/** Whether the process that holds a lock runs; on another host that cannot be told. */
export type HolderState = 'alive' | 'gone' | 'elsewhere';

/** What has become of the process that took a lock, by the text of its file. */
export function holderState(text: string): HolderState {
  return stateOf(parse(text));
}

function stateOf({ pid, host, begin }: Partial<Holder>): HolderState {
  // Numbers below 1 stand for groups of processes, which are always there.
  if (!Number.isSafeInteger(pid) || (pid as number) < 1 || host === undefined) return 'gone';
  if (host !== hostname()) return 'elsewhere';
  return isAlive(pid as number) && !(begin && begin !== beginOf(pid as number)) ? 'alive' : 'gone';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is alive as well.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
