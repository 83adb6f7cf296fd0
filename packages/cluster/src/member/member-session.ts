import { decodeJob } from '../job/decode.js';
import { type Constant, type Job, JobError } from '../job/job.js';
import type { Exchange } from '../machine/exchange.js';
import type { Machine } from '../machine/machine.js';
import { ExchangeError, type Outgoing } from '../machine/round.js';
import type { Subjects } from '../subjects.js';
import type { Channel } from '../wire/channel.js';
import { MessageError } from '../wire/message-error.js';
import { type FieldsOf, nestedCall, type SessionKinds, type SessionMessage } from '../wire/messages.js';
import { decodePieces, encodePieces, groupPieces } from '../wire/pieces.js';
import { PartBox } from './part-box.js';

/** What a member of a session needs of its surroundings. */
export interface SessionPlace {
  readonly id: string;
  readonly channel: Channel<SessionKinds>;
  readonly subjects: Subjects;
  readonly revision: number;
  /** What the worker has computed since it began: rounds are added. */
  readonly counts: { microBatches: number; examples: number };
  /** Opens the machine that computes. */
  openMachine(): Promise<Machine>;
  /** Most bytes that a job may take. */
  readonly mostMemory: number;
  /** Gets the bytes of a constant. */
  constantOf(constant: Constant): Promise<Uint8Array>;
}

type Stage = 'idle' | 'opening' | 'computing' | 'exchanging';

/** Where the worker stands in a turn. */
interface Turn {
  readonly go: FieldsOf<'go'>;
  exchange?: Exchange;
  computed?: { readonly microBatches: number; readonly examples: number };
  /** Messages that answer it, to be sent again if they were lost. */
  answer?: () => void;
}

/** A worker's part of one session: it does what it is told in the order in which it is told. */
export class MemberSession {
  /** Messages that did not fit. */
  refused = 0;
  private readonly box = new PartBox();
  private queue: Promise<void> = Promise.resolve();
  private stage: Stage = 'idle';
  /** Jobs of the running session, and the one whose turn it is. */
  private jobs = new Map<number, Job>();
  private sync = 0;
  private parts = new Set<number>();
  private partCount = 1;
  private task: FieldsOf<'task'> | undefined;
  private latest: FieldsOf<'go'> | undefined;
  private turn: Turn | undefined;
  private settled: { readonly task: number; readonly groups: readonly Uint8Array[] } | undefined;
  private isOver = false;
  private machine: Machine | undefined;
  private counted: { sent: number; received: number };

  constructor(
    private readonly place: SessionPlace,
    /** The machine cannot go on. */
    private readonly failed: (isRefusal: boolean, reason: string) => void,
  ) {
    this.counted = { sent: place.channel.sentBytes, received: place.channel.receivedBytes };
    this.afterwards(async () => {
      this.machine = await place.openMachine();
    });
  }

  /** Whether it has something to compute. */
  get isBusy(): boolean {
    return this.stage !== 'idle';
  }

  /** Takes a message of this session's coordinator, or of a member. */
  receive(message: SessionMessage): void {
    if (this.isOver) return;
    switch (message.kind) {
      case 'job':
        this.afterwards(() => this.open(message.fields.job, message.payload));
        break;
      case 'state':
        this.afterwards(() => this.write(message.fields, message.payload));
        break;
      case 'task':
        this.afterwards(() => this.begin(message.fields));
        break;
      case 'go':
        this.go(message.fields);
        break;
      case 'settle':
        this.afterwards(() => this.settle(message.fields));
        break;
      case 'ask':
        this.say(message.fields.turn);
        break;
      case 'part':
        this.accept(message.fields, message.payload);
        break;
    }
  }

  /** The connection was down: what was sent to it meanwhile is lost. */
  reconnected(): void {
    const { channel, subjects, revision, id } = this.place;
    const turn = this.latest?.turn ?? 1;
    channel.send(subjects.coordinator, 'standing', { revision, from: id, turn, standing: 'lacking', isAsked: false });
  }

  /** Ends it: the machine is closed when it has done what it is at. */
  async close(): Promise<void> {
    this.isOver = true;
    this.turn?.exchange?.close();
    await this.queue;
    await this.machine?.close();
  }

  /** Does something when all before is done. */
  private afterwards(work: () => void | Promise<void>): void {
    this.queue = this.queue.then(async () => {
      if (this.isOver) return;
      try {
        await work();
      } catch (error) {
        if (error instanceof MessageError || error instanceof ExchangeError) {
          this.refused++;
          return;
        }
        this.isOver = true;
        this.failed(error instanceof JobError, (error as Error).message);
      }
    });
  }

  private async open(number: number, bytes: Uint8Array): Promise<void> {
    if (this.jobs.has(number)) return;
    this.stage = 'opening';
    const { mostMemory } = this.place;
    const job = decodeJob(bytes, { mostMemory });
    await this.machine!.open(job, (constant) => this.place.constantOf(constant));
    const [known] = this.jobs.values();
    if (known?.session !== job.session) this.jobs.clear();
    this.jobs.set(number, job);
    this.stage = 'idle';
  }

  private write({ sync, part, parts }: FieldsOf<'state'>, payload: Uint8Array): void {
    // Without a job there is no memory yet.
    if (sync < this.sync || this.jobs.size === 0) return;
    if (sync > this.sync) [this.sync, this.parts, this.partCount] = [sync, new Set(), parts];
    // A late duplicate would undo what steps have changed.
    if (this.parts.has(part) || part >= parts) return;
    this.machine!.write(decodePieces(payload));
    this.parts.add(part);
  }

  private begin(task: FieldsOf<'task'>): void {
    const job = this.jobs.get(task.job);
    const hasState = this.sync === task.sync && this.parts.size === this.partCount;
    if (!job || !hasState || task.task <= (this.task?.task ?? 0)) return;
    this.machine!.begin(job, nestedCall(task.calls));
    this.task = task;
    this.settled = undefined;
  }

  private go(go: FieldsOf<'go'>): void {
    if (go.turn <= (this.latest?.turn ?? 0)) return;
    this.latest = go;
    this.turn?.exchange?.close();
    this.afterwards(() => this.advance(go));
  }

  private async advance(go: FieldsOf<'go'>): Promise<void> {
    // Another attempt has been called for by now, or this worker is not among those who were asked.
    if (go !== this.latest || go.task !== this.task?.task || !go.members.some(({ id }) => id === this.place.id)) return;
    this.stage = 'computing';
    const turn: Turn = { go };
    const result = await this.machine!.advance(go.round, go.members, this.place.id, go.stop);
    if (go !== this.latest || this.isOver) return;
    this.turn = turn;
    const { channel, subjects, revision, id } = this.place;
    if (result.kind === 'end') {
      this.send(go, result.outgoing);
      const { stopped, steps } = result;
      turn.answer = () =>
        channel.send(subjects.coordinator, 'ended', { revision, from: id, turn: go.turn, stopped, steps });
      turn.answer();
      this.stage = 'idle';
      return;
    }
    const { exchange, leaves, steps, microBatches, examples, milliseconds } = result;
    turn.exchange = exchange;
    turn.computed = { microBatches, examples };
    this.stage = 'exchanging';
    turn.answer = () => {
      const bytesSent = channel.sentBytes - this.counted.sent;
      const bytesReceived = channel.receivedBytes - this.counted.received;
      this.counted = { sent: channel.sentBytes, received: channel.receivedBytes };
      const measured = { leaves: [...leaves], microBatches, examples, milliseconds, bytesSent, bytesReceived };
      channel.send(subjects.coordinator, 'done', { revision, from: id, turn: go.turn, ...measured, steps });
    };
    this.send(go, exchange.first);
    for (const part of this.box.take(go.turn)) this.exchange(turn, part.from, part.part, part.bytes);
    this.finish(turn);
  }

  private accept({ from, turn, part }: FieldsOf<'part'>, bytes: Uint8Array): void {
    // What is sent to all comes back.
    if (from === this.place.id) return;
    const { turn: current } = this;
    if (current?.exchange && turn === current.go.turn && current.go === this.latest) {
      this.exchange(current, from, part, bytes);
      this.finish(current);
    } else if (turn >= (this.latest?.turn ?? 0)) {
      if (!this.box.keep({ from, turn, part, bytes })) this.refused++;
    }
  }

  private exchange(turn: Turn, from: string, part: FieldsOf<'part'>['part'], bytes: Uint8Array): void {
    try {
      this.send(turn.go, turn.exchange!.accept(from, { kind: part }, bytes));
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      this.refused++;
    }
  }

  private finish(turn: Turn): void {
    if (this.stage !== 'exchanging' || !turn.exchange?.isComplete) return;
    this.stage = 'idle';
    turn.answer?.();
    this.place.counts.microBatches += turn.computed?.microBatches ?? 0;
    this.place.counts.examples += turn.computed?.examples ?? 0;
  }

  private send({ turn, members }: FieldsOf<'go'>, outgoing: readonly Outgoing[]): void {
    const { channel, subjects, revision, id } = this.place;
    const others = members.filter((member) => member.id !== id);
    // What is sent to all comes back, too: a single other one is sent it alone.
    const all = others.length === 1 ? subjects.to(others[0].id) : subjects.members(revision);
    for (const { to, part, bytes } of outgoing) {
      const subject = to === 'all' ? all : to === 'coordinator' ? subjects.coordinator : subjects.to(to);
      channel.send(subject, 'part', { revision, from: id, turn, part: part.kind }, bytes);
    }
  }

  private async settle({ turn, sender }: FieldsOf<'settle'>): Promise<void> {
    if (!this.task || turn <= (this.latest?.turn ?? 0)) return;
    const { channel, subjects, revision, id } = this.place;
    const machine = this.machine!;
    const { task } = this.task;
    this.stage = 'computing';
    if (sender === id) {
      if (this.settled?.task !== task)
        this.settled = { task, groups: groupPieces(machine.changes()).map(encodePieces) };
      const { groups } = this.settled;
      for (const [part, bytes] of groups.entries()) {
        channel.send(subjects.coordinator, 'changes', { revision, from: id, turn, part, parts: groups.length }, bytes);
      }
    }
    const digest = await machine.digest();
    this.stage = 'idle';
    channel.send(subjects.coordinator, 'settled', { revision, from: id, turn, digest });
  }

  private say(asked: number): void {
    const { channel, subjects, revision, id } = this.place;
    const isCurrent = this.turn?.go.turn === asked && this.latest?.turn === asked;
    if (isCurrent && this.stage === 'idle') {
      this.turn?.answer?.();
      return;
    }
    const standing = this.stage === 'idle' ? 'lacking' : this.stage;
    const stands = standing === 'exchanging' && !isCurrent ? 'lacking' : standing;
    channel.send(subjects.coordinator, 'standing', {
      revision,
      from: id,
      turn: asked,
      standing: stands,
      isAsked: true,
    });
  }
}
