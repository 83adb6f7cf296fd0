import type { Bus, Unsubscribe } from '../bus/bus.js';
import type { Cancel, Clock } from '../clock.js';
import { ClusterError } from '../errors.js';
import { ExchangeError } from '../machine/round.js';
import { Registry } from '../registry/registry.js';
import type { Subjects } from '../subjects.js';
import type { Channel } from '../wire/channel.js';
import type { FieldsOf, SessionKinds, SessionMessage } from '../wire/messages.js';
import { Admission, type Versions } from './admission.js';
import { Inquiries } from './inquiries.js';
import { Patience } from './patience.js';
import { type Asking, Question } from './question.js';
import { Roster, SILENCE, type WorkerFacts } from './roster.js';

/** How often the coordinator says that it is there, in milliseconds. */
const BEAT = 1000;

/** How often in a row a round is done again although nobody was lost. */
const MOST_REPEATS = 20;

/** What a coordinator needs of its surroundings. */
export interface CoordinatorPlace extends Versions {
  readonly bus: Bus;
  readonly channel: Channel<SessionKinds>;
  readonly subjects: Subjects;
  readonly clock: Clock;
  /** The revision of the key that it holds. */
  readonly revision: number;
  /** How long deadlines are prolonged after the connection was down, in milliseconds. */
  readonly grace: number;
  /** Receives lines for people. */
  say(line: string): void;
}

/** Nobody is left who could compute. */
export class NobodyLeft extends Error {}

/** Knows the members, and asks them until all that are left have answered. It computes nothing. */
export class Coordinator {
  readonly roster = new Roster();
  /** Told when somebody waits to join. */
  onCandidate: () => void = () => {};
  /** Rounds that were done again. */
  repeats = 0;
  /** Why it does nothing any more. */
  stopped: Error | undefined;
  /** Messages that did not fit. */
  refusedMessages = 0;
  private readonly patience: Patience;
  private readonly inquiries: Inquiries;
  private readonly admission: Admission;
  private open: Question<unknown> | undefined;
  private turn = 0;
  private stopBeat: Cancel = () => {};
  private readonly ends: Unsubscribe[] = [];

  constructor(private readonly place: CoordinatorPlace) {
    const { bus, channel, subjects, clock, grace } = place;
    this.admission = new Admission(place);
    const registry = new Registry(bus, subjects.alive);
    // Time that was lost is nobody's fault.
    this.patience = new Patience(clock, grace, () => this.roster.hearAll(clock.now() + grace));
    this.inquiries = new Inquiries(place, this.patience, this.roster, (id, reason) => this.exclude(id, reason));
    this.ends.push(
      channel.receive(subjects.coordinator, (message) => this.receive(message)),
      registry.onHeartbeat(({ id }) => this.hear(id)),
      () => registry.close(),
      bus.onConnection((isConnected) => this.connection(isConnected)),
    );
    this.beat();
  }

  private hear(id: string): void {
    this.roster.hear(id, this.place.clock.now());
  }

  /** Why workers were refused, by worker. */
  get refusals(): ReadonlyMap<string, string> {
    return this.admission.refused;
  }

  /** Ends with an error whatever is asked now or later. */
  stop(error: Error): void {
    if (this.stopped) return;
    this.stopped = error;
    this.open?.reject(error);
  }

  close(): void {
    this.stop(new ClusterError('lost', 'The cluster was closed while work was under way.'));
    for (const id of this.roster.ids) this.drop(id, 'the coordinator has ended');
    this.stopBeat();
    this.patience.close();
    for (const end of this.ends) end();
  }

  /** Those that wait become members, with nothing yet. */
  admit(): WorkerFacts[] {
    const { clock, channel, subjects, revision } = this.place;
    const admitted = this.roster.admit(clock.now());
    for (const { id } of admitted) channel.send(subjects.to(id), 'admit', { revision, view: this.roster.view });
    return admitted;
  }

  /** Members that want to leave are let go. */
  release(): void {
    for (const id of this.roster.leaving) {
      this.drop(id, 'it wanted to leave');
      this.place.say(`${id} has left`);
    }
  }

  /**
   * Asks all members the same, and again without those that fail, until all that are left have answered.
   *
   * @throws NobodyLeft if there are none; ClusterError if messages are lost again and again
   */
  async ask<Answer>(asking: Asking<Answer>): Promise<ReadonlyMap<string, Answer>> {
    let members = this.roster.ids.length;
    for (let repeats = 0; ; repeats++) {
      if (this.stopped) throw this.stopped;
      const shares = asking.members();
      if (shares.length === 0) throw new NobodyLeft();
      if (shares.length !== members) repeats = 0;
      members = shares.length;
      if (repeats > MOST_REPEATS) {
        throw new ClusterError(
          'lost',
          `A round was done ${MOST_REPEATS} times, and messages between workers were lost each time. Look at the network and at the server's limits, then continue with --resume.`,
        );
      }
      const ids = shares.map(({ id }) => id);
      const question = new Question<Answer>(++this.turn, ids, asking);
      this.open = question;
      asking.send(question.turn, shares);
      const cancel = this.inquiries.watch(question);
      const outcome = await question.outcome.finally(cancel);
      this.open = undefined;
      if (outcome === 'answered') return question.answers;
      this.repeats++;
    }
  }

  /** A member is no longer one. */
  exclude(id: string, reason: string): void {
    if (!this.roster.has(id)) return;
    this.drop(id, reason);
    this.place.say(`${id} was dropped: ${reason}`);
    if (this.open?.asked.includes(id)) this.open.askAgain();
  }

  private drop(id: string, reason: string): void {
    const { channel, subjects, revision } = this.place;
    this.roster.remove(id);
    channel.send(subjects.to(id), 'drop', { revision, view: this.roster.view, reason });
  }

  private receive(message: SessionMessage): void {
    const { fields } = message;
    if (!('from' in fields) || fields.revision !== this.place.revision) return;
    this.hear(fields.from);
    if (message.kind === 'join') this.join(message.fields);
    else if (message.kind === 'leave') this.roster.wantsToLeave(fields.from);
    else if (!this.roster.has(fields.from)) return;
    else if (message.kind === 'failed') this.failed(message.fields);
    else if ('turn' in fields) this.answered(fields, message);
  }

  private answered({ from, turn }: { readonly from: string; readonly turn: number }, message: SessionMessage): void {
    const { open } = this;
    if (!open?.asked.includes(from)) return;
    if (message.kind === 'standing') {
      this.stands(open, message.fields);
      return;
    }
    if (turn !== open.turn) return;
    try {
      const answer = open.asking.answer(message);
      if (answer !== undefined) open.answer(from, answer);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      this.refusedMessages++;
    }
  }

  private stands(open: Question<unknown>, { from, turn, standing, isAsked }: FieldsOf<'standing'>): void {
    if (isAsked && turn === open.turn) open.stand(from, standing);
    // It was cut off: what was sent meanwhile is lost.
    if (isAsked || open.answers.has(from)) return;
    open.asking.resend(from);
    open.askAgain();
  }

  private join(fields: FieldsOf<'join'>): void {
    const { from: id, host, threads, view } = fields;
    const { place, roster } = this;
    const reason = this.admission.reasonAgainst(fields);
    if (reason !== undefined) {
      this.refuse(id, reason);
      return;
    }
    // It asked before it heard that it was admitted.
    if (roster.has(id) && view < roster.viewOf(id)) return;
    if (roster.has(id)) this.exclude(id, 'it has begun anew');
    if (roster.apply({ id, host, threads }, place.clock.now()) !== 'new') return;
    place.say(`${id} on ${host} joins with ${threads} thread${threads === 1 ? '' : 's'}`);
    this.onCandidate();
  }

  private refuse(id: string, reason: string): void {
    const { channel, subjects, revision, say } = this.place;
    if (this.admission.refuse(id, reason)) say(`${id} is refused: ${reason}`);
    channel.send(subjects.to(id), 'refuse', { revision, reason });
  }

  private failed({ from: id, isRefusal, reason }: FieldsOf<'failed'>): void {
    this.exclude(id, reason);
    if (this.admission.hasFailed(id, isRefusal)) this.refuse(id, reason);
  }

  private connection(isConnected: boolean): void {
    if (isConnected) this.patience.resume();
    else this.patience.pause();
    // What was sent meanwhile is lost.
    if (isConnected) this.open?.askAgain();
    this.place.say(
      isConnected ? 'connected to the server again' : 'the connection to the server is down: waiting for it',
    );
  }

  private beat(): void {
    const { bus, channel, subjects, clock, revision, code, numerics } = this.place;
    const { roster } = this;
    if (bus.isConnected) {
      channel.send(subjects.all, 'beat', { revision, view: roster.view, members: roster.ids, code, numerics });
      const silent = roster.silent(clock.now(), SILENCE);
      // If nobody is heard, it is probably the network: the deadlines decide.
      if (silent.length < roster.ids.length) for (const id of silent) this.exclude(id, 'nothing was heard of it');
    }
    this.stopBeat = clock.after(BEAT, () => this.beat());
  }
}
