import type { Bus, Unsubscribe } from '../bus/bus.js';
import type { Cancel, Clock } from '../clock.js';
import type { Heartbeat } from '../registry/heartbeat.js';
import type { FieldsOf, SessionMessage } from '../wire/messages.js';
import { MemberSession, type SessionPlace } from './member-session.js';
import type { Occupation } from './occupation.js';

/** A coordinator beats once a second: after so many milliseconds without it, people are told. */
const SILENCE = 10_000;

/** After so many milliseconds without a coordinator, its memory is given back. */
const GIVEN_UP = 300_000;

const TICK = 1000;

/** The key is looked at no more often, in milliseconds, whatever messages say. */
const BETWEEN_LOOKS = 250;

/** What a worker needs of its surroundings. */
export interface WorkerPlace extends Omit<SessionPlace, 'revision' | 'counts'> {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly host: string;
  readonly threads: number;
  /** Version of Weft, and of the bits that training gives. */
  readonly code: string;
  readonly numerics: number;
  readonly occupation: Occupation;
  /** The revision of the key that the coordinator holds; undefined if nobody does. Rejects while the server is away. */
  revisionNow(): Promise<number | undefined>;
  /** Receives lines for people. */
  say(line: string): void;
}

interface Membership {
  readonly revision: number;
  readonly view: number;
  readonly session: MemberSession;
}

/** A worker: joins whoever coordinates, does its part, and waits when nobody does. */
export class ClusterWorker {
  /** What it has computed since it began. */
  private readonly counts = { microBatches: 0, examples: 0 };
  /** Messages of coordinators that were replaced, and others that did not fit. */
  private refused = 0;
  private revision = 0;
  private nextLook = Number.NEGATIVE_INFINITY;
  private heard: number;
  private isSilent = false;
  private refusedBy = 0;
  private membership: Membership | undefined;
  /** Ends what was begun when the worker asked to join. */
  private release: (() => void) | undefined;
  private isLeaving = false;
  private left: () => void = () => {};
  private closing: Promise<void> = Promise.resolve();
  private stopTick: Cancel = () => {};
  private readonly ends: Unsubscribe[];

  constructor(private readonly place: WorkerPlace) {
    const { bus, channel, subjects, clock, id } = place;
    this.heard = clock.now();
    const receive = (message: SessionMessage) => this.receive(message);
    this.ends = [
      channel.receive(subjects.all, receive),
      channel.receive(subjects.to(id), receive),
      bus.onConnection((isConnected) => isConnected && this.membership?.session.reconnected()),
    ];
    this.tick();
  }

  /** What it says of itself once a second. */
  get heartbeat(): Heartbeat {
    const { id, host, threads, numerics, code, occupation, channel } = this.place;
    const training = this.membership ? 'training' : this.release ? 'joining' : undefined;
    return {
      id,
      host,
      threads,
      numerics,
      code,
      state: training ?? (occupation.doing === undefined ? 'waiting' : 'trial'),
      revision: this.membership?.revision ?? 0,
      ...this.counts,
      sentBytes: channel.sentBytes,
      receivedBytes: channel.receivedBytes,
      refused: channel.refused + this.refused + (this.membership?.session.refused ?? 0),
    };
  }

  /** Leaves after the running steps, and ends. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    if (this.release) this.sayLeave();
    if (this.membership && !this.isSilent) {
      await new Promise<void>((resolve) => {
        this.left = resolve;
      });
    }
    await this.close();
  }

  /** Lets the coordinator know; again with each of its beats, since messages may be lost. */
  private sayLeave(): void {
    const { channel, subjects, id } = this.place;
    channel.send(subjects.coordinator, 'leave', { from: id, revision: this.revision });
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.isLeaving = true;
    this.stopTick();
    for (const end of this.ends) end();
    this.end();
    await this.closing;
  }

  private receive(message: SessionMessage): void {
    const { fields } = message;
    if (!('revision' in fields)) this.refused++;
    else if (fields.revision === this.revision) this.obey(message);
    else void this.look(message, fields.revision);
  }

  /**
   * Somebody else speaks than the coordinator that it knows. The key alone says who coordinates: not who says so, nor the
   * highest number, since a server that has lost its store begins anew.
   */
  private async look(message: SessionMessage, revision: number): Promise<void> {
    const now = this.place.clock.now();
    if (now >= this.nextLook) {
      this.nextLook = now + BETWEEN_LOOKS;
      const held = await this.place.revisionNow().catch(() => undefined);
      if (held !== undefined && held !== this.revision) this.follow(held);
    }
    if (revision === this.revision) this.obey(message);
    else this.refused++;
  }

  private obey(message: SessionMessage): void {
    switch (message.kind) {
      case 'beat':
        this.beat(message.fields);
        break;
      case 'refuse':
        this.refuse(message.fields);
        break;
      case 'admit':
        this.admit(message.fields);
        break;
      case 'drop':
        this.drop(message.fields);
        break;
      default:
        this.membership?.session.receive(message);
    }
  }

  /** Another coordinator speaks: what there is of the one before counts no more. */
  private follow(revision: number): void {
    [this.revision, this.refusedBy] = [revision, 0];
    if (!this.membership) {
      this.end();
      return;
    }
    this.place.say('another coordinator has taken over');
    this.end();
  }

  private beat({ revision, view, members }: FieldsOf<'beat'>): void {
    const { clock, channel, subjects, id, host, threads, code, numerics, say } = this.place;
    this.heard = clock.now();
    if (this.isSilent) say('the coordinator is there again');
    this.isSilent = false;
    const { membership } = this;
    if (membership) {
      if (view < membership.view || members.includes(id)) {
        if (this.isLeaving) this.sayLeave();
        return;
      }
      say('the coordinator has gone on without this worker');
      this.end();
    }
    if (this.refusedBy === revision || this.isLeaving) return;
    this.release ??= this.occupy(revision);
    if (this.release)
      channel.send(subjects.coordinator, 'join', { revision, view, from: id, host, threads, code, numerics });
  }

  /** Before it asks to join: it must hear all that is said to members from then on, and does nothing else. */
  private occupy(revision: number): (() => void) | undefined {
    const { channel, subjects, occupation } = this.place;
    const free = occupation.take('training');
    if (!free) return undefined;
    const end = channel.receive(subjects.members(revision), (message) => this.receive(message));
    return () => {
      end();
      void this.closing.then(free);
    };
  }

  private refuse({ revision, reason }: FieldsOf<'refuse'>): void {
    if (this.refusedBy === revision) return;
    this.refusedBy = revision;
    this.place.say(`refused by the coordinator: ${reason}`);
    this.end();
  }

  private admit({ revision, view }: FieldsOf<'admit'>): void {
    const { membership, place } = this;
    if (this.isLeaving || !this.release || (membership && view <= membership.view)) return;
    if (membership) this.leaveSession();
    const { channel, subjects } = place;
    // Two machines at a time would need twice the memory.
    const before = this.closing;
    const openMachine = () => before.then(() => place.openMachine());
    const session = new MemberSession(
      { ...place, revision, counts: this.counts, openMachine, constantOf: (constant) => place.constantOf(constant) },
      (isRefusal, reason) => {
        channel.send(subjects.coordinator, 'failed', {
          revision,
          from: place.id,
          isRefusal,
          reason: reason.slice(0, 2000),
        });
        place.say(`${isRefusal ? 'refuses the job' : 'has failed'}: ${reason}`);
        this.end();
      },
    );
    this.membership = { revision, view, session };
    place.say('has joined a training');
  }

  private drop({ view, reason }: FieldsOf<'drop'>): void {
    if (!this.membership || view <= this.membership.view) return;
    this.place.say(`has left the training: ${reason}`);
    this.end();
  }

  /** Is in no session any more. */
  private end(): void {
    if (this.membership) this.leaveSession();
    this.release?.();
    this.release = undefined;
    this.left();
  }

  private leaveSession(): void {
    const { session } = this.membership as Membership;
    this.membership = undefined;
    this.refused += session.refused;
    this.closing = this.closing.then(() => session.close());
  }

  private tick(): void {
    const { clock, say } = this.place;
    const silence = clock.now() - this.heard;
    if (silence > SILENCE && !this.isSilent && (this.membership || this.release)) {
      this.isSilent = true;
      say('nothing is heard of the coordinator: waiting for it, or for another one');
      if (!this.membership) this.end();
      if (this.isLeaving) this.left();
    }
    if (silence > GIVEN_UP && this.membership) {
      say('no coordinator has come back: what it had begun is dropped');
      this.end();
    }
    this.stopTick = clock.after(TICK, () => this.tick());
  }
}
