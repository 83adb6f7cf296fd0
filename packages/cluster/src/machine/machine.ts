import { createHash } from 'node:crypto';
import type { WorkerPool } from '@weft/pool';
import { joined } from '../job/accesses.js';
import { checkCall, checkStep, isWithin, LOWEST } from '../job/bounds.js';
import { type Constant, type Job, JobError, type Range, type TaskCall } from '../job/job.js';
import { OpenJob } from './open-job.js';
import type { Member, Piece } from './round.js';
import { type End, type Round, RunningTask } from './running-task.js';

/** Words that a machine counts leaves with, at the least. */
const PAGE_BYTES = 65536;
const HASHED_BYTES = 2 ** 20;

/** What a machine is given to work with. */
export interface MachineOptions {
  /** Bytes of memory that jobs may take in all. Default: 4 GiB, which is what a memory holds. */
  readonly mostMemory?: number;
}

/**
 * One machine's part of a training: a pool whose memory has everything at the coordinator's addresses. It knows nothing of
 * networks. Weights and what optimisers keep are the same on all machines after every round.
 */
export class Machine {
  private readonly jobs = new Map<Job, OpenJob>();
  private session = '';
  /** Bytes of memory that machines have in common. */
  private top = LOWEST;
  /** SHA-256 of what lies at an address since the session began. */
  private readonly constants = new Map<number, Constant>();
  private readonly dirty = new Map<string, Range>();
  private task: RunningTask | undefined;
  private readonly mostMemory: number;

  private constructor(
    private readonly pool: WorkerPool,
    private readonly release: () => Promise<void>,
    { mostMemory = 2 ** 32 }: MachineOptions,
  ) {
    this.mostMemory = mostMemory;
  }

  /**
   * Takes a pool, which is its own until `close`.
   *
   * @throws Error if the pool is in use or closed
   */
  static create(pool: WorkerPool, options: MachineOptions = {}): Promise<Machine> {
    return new Promise((resolve, reject) => {
      let isOver = () => {};
      const until = new Promise<void>((end) => {
        isOver = end;
      });
      const held = pool.hold(() => {
        const release = async () => {
          isOver();
          await held;
        };
        resolve(new Machine(pool, release, options));
        return until;
      });
      held.catch(reject);
    });
  }

  /** The memory itself; what steps write there is not to be touched. */
  get memory(): WorkerPool['memory']['memory'] {
    return this.pool.memory.memory;
  }

  /**
   * Compiles a job and gets the constants that are not there yet. A job of another session begins with a memory of zeros,
   * and what a job has more of memory than those before it is zeros, too.
   *
   * @param constantOf called for each constant that the machine lacks
   * @throws JobError if a constant is another one than it should be, or memory does not suffice
   */
  async open(job: Job, constantOf: (constant: Constant) => Promise<Uint8Array>): Promise<void> {
    this.task = undefined;
    if (job.session !== this.session) this.forget(job);
    const opened = this.jobs.get(job) ?? (await OpenJob.open(this.pool, job));
    this.jobs.set(job, opened);
    this.layOut(Math.max(this.top, job.top));
    for (const constant of job.constants) {
      const { address, bytes, sha256 } = constant;
      if (this.constants.get(address)?.sha256 === sha256) continue;
      const content = await constantOf(constant);
      if (content.length !== bytes || sha256Of(content) !== sha256) {
        throw new JobError(`What should be the constant ${sha256} is another one, of ${content.length} bytes.`);
      }
      this.put({ address, bytes: content });
      this.constants.set(address, constant);
    }
  }

  /** A new session: what was laid out is given up, but constants that come again stay where they are. */
  private forget({ session, constants }: Job): void {
    this.jobs.clear();
    this.dirty.clear();
    this.session = session;
    const kept = constants.filter(({ address, bytes, sha256 }) => {
      const known = this.constants.get(address);
      return known?.sha256 === sha256 && known.bytes === bytes && address + bytes <= this.top;
    });
    this.constants.clear();
    let at = LOWEST;
    for (const constant of [...kept].sort((a, b) => a.address - b.address)) {
      this.clear(at, constant.address);
      at = Math.max(at, constant.address + constant.bytes);
      this.constants.set(constant.address, constant);
    }
    this.clear(at, this.top);
    // Only what was kept is known to be what it was; all else is zeros up to here.
  }

  private clear(from: number, to: number): void {
    if (to > from) new Uint8Array(this.memory.buffer, from, to - from).fill(0);
  }

  /** Lays out the memory of all jobs anew: what they have in common, then what is this machine's own. */
  private layOut(top: number): void {
    const { memory, threads } = this.pool;
    const jobs = [...this.jobs.values()];
    const perWorker = Math.max(0, ...jobs.map(({ arenaBytes }) => arenaBytes));
    const words = 1 + Math.max(0, ...jobs.map(({ phases }) => phases));
    const needed = top + 4 * words + perWorker * threads + 2 * PAGE_BYTES;
    if (needed > this.mostMemory) {
      throw new JobError(
        `The job needs ${needed} bytes of memory on ${threads} threads; ${this.mostMemory} are allowed.`,
      );
    }
    memory.release(LOWEST);
    memory.allocate(top - LOWEST);
    this.clear(this.top, top);
    this.top = top;
    const tickets = memory.allocate(4 * words);
    const arenas = { address: memory.allocate(perWorker * threads), perWorker };
    for (const job of jobs) job.layOut(arenas);
    this.tickets = { address: tickets, words };
  }

  private tickets = { address: 0, words: 0 };

  /**
   * Writes what the coordinator has changed: those words, and no others around them, which steps may have changed here.
   *
   * @throws JobError for what lies elsewhere than in the memory of jobs
   */
  write(pieces: Iterable<Piece>): void {
    for (const piece of pieces) this.put(piece);
  }

  private put({ address, bytes }: Piece): void {
    if (!isWithin({ address, bytes: bytes.length }, this.top)) {
      throw new JobError(
        `${bytes.length} bytes at ${address} lie outside of the memory from ${LOWEST} to ${this.top}.`,
      );
    }
    new Uint8Array(this.memory.buffer, address, bytes.length).set(bytes);
  }

  /**
   * Begins a task.
   *
   * @throws JobError if the job was not opened, has no such steps, or would leave its memory in them
   */
  begin(job: Job, call: TaskCall): void {
    const opened = this.jobs.get(job);
    if (!opened) throw new JobError('The job was not opened.');
    checkCall(job, call);
    this.task?.close();
    const task = new RunningTask(this.pool, opened, call, this.tickets, (range) => {
      this.dirty.set(`${range.address} ${range.bytes}`, range);
    });
    for (const { plan, standing } of task.farthest()) checkStep(job, plan.stages, standing);
    this.task = task;
  }

  /**
   * Does what is due since the last round, then the machine's share of this one. The same round again, with other members
   * or the same, repeats only the share.
   *
   * @param members all machines of the round, in the same order everywhere
   * @param stop    whether the task ends after a step, if one has just ended: the same in every attempt at a round
   * @returns the round's exchange, or the end of the task: behind the last round, after a loss that is not finite, or
   *   because of `stop`
   * @throws RangeError for a round out of turn; WorkerError if a worker fails
   */
  advance(round: number, members: readonly Member[], self: string, stop = false): Promise<Round | End> {
    if (!this.task) throw new RangeError('No task was begun.');
    return this.task.advance(round, members, self, stop);
  }

  /** What steps have changed since this was asked last. The bytes are the memory's own: they count until steps go on. */
  changes(): Piece[] {
    const ranges = joined(this.dirty.values());
    this.dirty.clear();
    return ranges.map(({ address, bytes }) => ({ address, bytes: new Uint8Array(this.memory.buffer, address, bytes) }));
  }

  /** SHA-256 of all that the steps of the task change and that lasts. On all machines it is the same. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    for (const { address, bytes } of joined(this.task?.state() ?? [])) {
      for (let at = 0; at < bytes; at += HASHED_BYTES) {
        hash.update(new Uint8Array(this.memory.buffer, address + at, Math.min(HASHED_BYTES, bytes - at)).slice());
        if (at > 0 && at % (64 * HASHED_BYTES) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return hash.digest('hex');
  }

  /** Gives the pool back. */
  async close(): Promise<void> {
    this.task?.close();
    this.task = undefined;
    this.jobs.clear();
    await this.release();
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
