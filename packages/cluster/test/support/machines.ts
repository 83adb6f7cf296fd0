import { createHash } from 'node:crypto';
import type { CompiledProgram, ProgramSource } from '@weft/core/program';
import { WorkerPool } from '@weft/pool';
import { BasePool, CONTROL, type ProgramImage, type Runtime, SharedMemory, type StepsWork } from '@weft/train/runtime';
import { LOWEST } from '../../src/job/bounds.js';
import { decodeJob } from '../../src/job/decode.js';
import { encodeJob } from '../../src/job/encode.js';
import type { Job } from '../../src/job/job.js';
import { callOf, jobOf } from '../../src/job/job-of.js';
import { Collection } from '../../src/machine/collection.js';
import { differences } from '../../src/machine/differences.js';
import { Machine } from '../../src/machine/machine.js';
import type { Member, Outgoing, Piece, StepLog } from '../../src/machine/round.js';
import type { End, Round } from '../../src/machine/running-task.js';
import { JobPlan, TaskPlan } from '../../src/machine/task-plan.js';

const MOST_MEMORY = 2 ** 32;

/** A round as it is attempted: who takes part, and whether it fails and is done again. */
export interface Attempt {
  readonly members: readonly Member[];
  /** Ids of members that are lost in it: the attempt fails, and they are seen no more. */
  readonly lost?: readonly string[];
}

/** What happens to the machines of a test. */
export interface Scenario {
  /** Threads of each machine. */
  readonly threads: readonly number[];
  /** The attempts at a round, of which all but the last one fail. Default: one, of all machines that are there. */
  attempts?(round: number, ids: readonly string[]): readonly Attempt[];
  /** Machines that join before a task, by their threads. */
  joining?(task: number): readonly number[];
  /** Weight of a machine. Default: 1. */
  weight?(id: string): number;
}

interface Peer {
  readonly id: string;
  readonly pool: WorkerPool;
  readonly machine: Machine;
  /** What it is known to have. */
  known: Uint8Array;
  top: number;
  session: string;
}

interface Opened {
  readonly job: Job;
  readonly plan: JobPlan;
  readonly onPeers: Map<Peer, Job>;
}

/** Machines in one process that hand their messages to each other, as a runtime. */
export class TestMachines extends BasePool implements Runtime {
  readonly threads = 1;
  readonly store = undefined as never;
  readonly bytesSent = new Map<string, number>();
  readonly microBatches = new Map<string, number>();
  readonly digests: string[] = [];
  rounds = 0;
  /** Attempts that failed. */
  failures = 0;
  private tasks = 0;
  private readonly sources = new Map<ProgramImage, ProgramSource>();
  private readonly opened = new Map<string, Opened>();

  private constructor(
    private readonly scenario: Scenario,
    private peers: Peer[],
  ) {
    super('wasm', new SharedMemory());
  }

  static async create(scenario: Scenario): Promise<TestMachines> {
    const machines = new TestMachines(scenario, []);
    for (const threads of scenario.threads) await machines.join(threads);
    return machines;
  }

  private joined = 0;

  private async join(threads: number): Promise<void> {
    const pool = await WorkerPool.create({ threads });
    const machine = await Machine.create(pool);
    const id = `m${this.joined++}`;
    this.peers.push({ id, pool, machine, known: new Uint8Array(0), top: LOWEST, session: '' });
  }

  override async close(): Promise<void> {
    this.closed = true;
    for (const { machine, pool } of this.peers) {
      await machine.close();
      await pool.close();
    }
  }

  protected override compileModule(): never {
    throw new Error('The coordinator compiles nothing.');
  }

  override async load(id: string, compiled: CompiledProgram): Promise<ProgramImage> {
    const image = { id, module: undefined, program: undefined, plan: undefined, segments: compiled.segments };
    this.sources.set(image, compiled.source);
    return image;
  }

  async runOnAll(work: StepsWork): Promise<void> {
    const control = this.beginSteps(work);
    const joining = this.scenario.joining?.(this.tasks) ?? [];
    if (joining.length > 0) await this.settle();
    for (const threads of joining) await this.join(threads);
    this.tasks++;
    const opened = this.jobFor(work);
    const call = callOf(work);
    for (const peer of this.peers) await this.prepare(peer, opened, call);
    const plan = new TaskPlan(opened.plan, call);
    for (let round = 0; ; round++) {
      const stop = Atomics.load(control, CONTROL.stopWanted) !== 0;
      const result = await this.round(plan, round, stop);
      this.note(result.steps, work);
      if (result.kind === 'round') continue;
      Atomics.store(this.control, CONTROL.stopped, result.stopped);
      return;
    }
  }

  private note(steps: readonly StepLog[], work: StepsWork): void {
    for (const { work: depth, step, numbers } of steps) {
      for (const { address, value } of numbers) new Float64Array(this.memory.memory.buffer, address, 1)[0] = value;
      if (depth === 0 && work.isReported) Atomics.store(this.control, CONTROL.steps, step + 1);
    }
  }

  private jobFor(work: StepsWork): Opened {
    const job = jobOf(work, (image) => this.sources.get(image) as ProgramSource, this.memory);
    const encoded = encodeJob(job);
    const key = createHash('sha256').update(encoded).digest('hex');
    const known = this.opened.get(key);
    if (known) return known;
    const opened = { job: decodeJob(encoded, { mostMemory: MOST_MEMORY }), plan: new JobPlan(job), onPeers: new Map() };
    this.opened.set(key, opened);
    return opened;
  }

  /** Opens the job on a machine, and sends it what it lacks. */
  private async prepare(peer: Peer, opened: Opened, call: ReturnType<typeof callOf>): Promise<void> {
    const { buffer } = this.memory.memory;
    const job = opened.onPeers.get(peer) ?? opened.job;
    opened.onPeers.set(peer, job);
    await peer.machine.open(job, async ({ address, bytes }) => new Uint8Array(buffer, address, bytes).slice());
    const top = job.session === peer.session ? Math.max(peer.top, job.top) : job.top;
    const known = new Uint8Array(top);
    if (job.session === peer.session) known.set(peer.known.subarray(0, Math.min(top, peer.top)));
    Object.assign(peer, { top, known, session: job.session });
    const untouched = [...job.scratch, ...job.constants].sort((a, b) => a.address - b.address);
    const pieces: Piece[] = [];
    let at = LOWEST;
    for (const { address, bytes } of [...untouched, { address: top, bytes: 0 }]) {
      pieces.push(...differences(new Uint8Array(buffer), known, at, address));
      at = Math.max(at, address + bytes);
    }
    peer.machine.write(pieces);
    peer.machine.begin(job, call);
  }

  private membersOf(ids: readonly string[]): Member[] {
    return ids.map((id) => ({ id, weight: this.scenario.weight?.(id) ?? 1 }));
  }

  private async round(plan: TaskPlan, round: number, stop: boolean): Promise<Round | End> {
    const ids = this.peers.map(({ id }) => id);
    const attempts = this.scenario.attempts?.(this.rounds, ids) ?? [{ members: this.membersOf(ids) }];
    this.rounds++;
    for (const { members, lost = [] } of attempts) {
      const here = members.map(({ id }) => this.peers.find((peer) => peer.id === id) as Peer);
      if (attempts.at(-1)?.members !== members) {
        await this.fail(here, lost, round, members, stop);
        continue;
      }
      return this.attempt(here, plan, round, members, stop);
    }
    throw new Error('There was no attempt.');
  }

  /** An attempt in which some machines are lost, and of whose messages some come through. */
  private async fail(
    here: readonly Peer[],
    lost: readonly string[],
    round: number,
    members: readonly Member[],
    stop: boolean,
  ) {
    this.failures++;
    const results: (readonly [Peer, Round | End])[] = [];
    for (const peer of here) {
      if (lost.includes(peer.id)) continue;
      results.push([peer, await peer.machine.advance(round, members, peer.id, stop)]);
    }
    for (const [from, result] of results) {
      if (result.kind !== 'round') continue;
      for (const { to, part, bytes } of result.exchange.first) {
        for (const [peer, other] of results) {
          if (peer !== from && (to === 'all' || to === peer.id) && other.kind === 'round')
            other.exchange.accept(from.id, part, bytes);
        }
      }
    }
    for (const peer of this.peers.filter(({ id }) => lost.includes(id))) {
      await peer.machine.close();
      await peer.pool.close();
    }
    this.peers = this.peers.filter(({ id }) => !lost.includes(id));
  }

  private async attempt(
    here: readonly Peer[],
    plan: TaskPlan,
    round: number,
    members: readonly Member[],
    stop: boolean,
  ) {
    const collection = new Collection(this.memory.memory, plan, round, members);
    const results = await Promise.all(here.map((peer) => peer.machine.advance(round, members, peer.id, stop)));
    const queue: { from: Peer; message: Outgoing }[] = [];
    results.forEach((result, which) => {
      const { microBatches = 0 } = result.kind === 'round' ? result : {};
      const { id } = here[which];
      this.microBatches.set(id, (this.microBatches.get(id) ?? 0) + microBatches);
      const first = result.kind === 'round' ? result.exchange.first : result.outgoing;
      queue.push(...first.map((message) => ({ from: here[which], message })));
    });
    while (queue.length > 0) {
      const { from, message } = queue.pop() as (typeof queue)[number];
      this.bytesSent.set(from.id, (this.bytesSent.get(from.id) ?? 0) + message.bytes.length);
      if (message.to === 'coordinator') {
        for (const { address, bytes } of collection.accept(from.id, message.part, message.bytes))
          this.believe(address, bytes);
        continue;
      }
      here.forEach((peer, which) => {
        const result = results[which];
        if (peer === from || !(message.to === 'all' || message.to === peer.id) || result.kind !== 'round') return;
        const more = result.exchange.accept(from.id, message.part, message.bytes);
        // Once more: what comes twice changes nothing.
        if (result.exchange.accept(from.id, message.part, message.bytes).length > 0)
          throw new Error('A copy was taken.');
        queue.push(...more.map((each) => ({ from: peer, message: each })));
      });
    }
    for (const [which, result] of results.entries()) {
      if (result.kind !== results[0].kind) throw new Error('Machines disagree about the end.');
      if (result.kind === 'round' && !result.exchange.isComplete) throw new Error(`${here[which].id} waits for ever.`);
    }
    if (results[0].kind === 'round' ? !collection.isComplete : !collection.hasValues)
      throw new Error('Results are missing.');
    return results[0];
  }

  /** What results have written here, machines need not be sent: nothing reads it there. */
  private believe(address: number, bytes: number): void {
    const now = new Uint8Array(this.memory.memory.buffer, address, bytes);
    for (const peer of this.peers) peer.known.set(now, address);
  }

  async settle(): Promise<void> {
    const digests = new Set(await Promise.all(this.peers.map(({ machine }) => machine.digest())));
    if (digests.size > 1) throw new Error('Machines have different states.');
    this.digests.push(...digests);
    for (const [which, { machine }] of this.peers.entries()) {
      for (const { address, bytes } of machine.changes()) {
        if (which === 0) new Uint8Array(this.memory.memory.buffer, address, bytes.length).set(bytes);
        this.believe(address, bytes.length);
      }
    }
  }
}
