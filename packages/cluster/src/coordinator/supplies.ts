import type { Piece } from '../machine/round.js';
import type { FieldsOf } from '../wire/messages.js';
import { encodePieces, groupPieces } from '../wire/pieces.js';
import type { CoordinatorPlace } from './coordinator.js';

/** A job in bytes, and its number: another job has another one. */
export interface NumberedJob {
  readonly session: string;
  readonly number: number;
  readonly bytes: Uint8Array;
}

interface Sent {
  readonly jobs: Set<number>;
  groups: readonly (readonly Piece[])[];
}

/** Gives workers what they need for a task, and again if something was lost. */
export class Supplies {
  /** What each member has of the running session. */
  private readonly sent = new Map<string, Sent>();
  private session = '';
  private job: NumberedJob | undefined;
  private lastTask: FieldsOf<'task'> | undefined;
  private sync = 0;

  constructor(private readonly place: CoordinatorPlace) {}

  /** A call begins, or workers join: members get what has changed in memory, others all of it, and a job if they lack it. */
  give(
    job: NumberedJob,
    members: readonly string[],
    changes: readonly Piece[],
    joined: readonly string[],
    whole: readonly Piece[],
  ): void {
    if (job.session !== this.session) this.sent.clear();
    this.session = job.session;
    this.job = job;
    this.sync++;
    for (const id of this.sent.keys()) if (!members.includes(id)) this.sent.delete(id);
    this.giveTo(members, changes);
    if (joined.length > 0) this.giveTo(joined, whole);
  }

  /** Gives all members a task; gives its number. */
  task(calls: FieldsOf<'task'>['calls']): number {
    const { channel, subjects, revision } = this.place;
    const task = { revision, task: (this.lastTask?.task ?? 0) + 1, job: this.job!.number, sync: this.sync, calls };
    this.lastTask = task;
    channel.send(subjects.members(revision), 'task', task);
    return task.task;
  }

  /** Gives a worker everything once more. */
  resend(id: string): void {
    const { channel, subjects } = this.place;
    this.sendJob(id);
    this.sendState([subjects.to(id)], this.sent.get(id)?.groups ?? []);
    if (this.lastTask) channel.send(subjects.to(id), 'task', this.lastTask);
  }

  private giveTo(ids: readonly string[], pieces: readonly Piece[]): void {
    const { subjects, revision } = this.place;
    const isForAll = ids.length > 1 && ids.every((id) => this.sent.has(id)) && ids.length === this.sent.size;
    const groups = groupPieces(pieces);
    for (const id of ids) {
      const sent = this.sent.get(id) ?? { jobs: new Set(), groups };
      sent.groups = groups;
      this.sent.set(id, sent);
      if (!sent.jobs.has(this.job!.number)) this.sendJob(id);
      sent.jobs.add(this.job!.number);
    }
    this.sendState(isForAll ? [subjects.members(revision)] : ids.map((id) => subjects.to(id)), groups);
  }

  private sendJob(id: string): void {
    const { channel, subjects, revision } = this.place;
    channel.send(subjects.to(id), 'job', { revision, job: this.job!.number }, this.job!.bytes);
  }

  private sendState(to: readonly string[], groups: readonly (readonly Piece[])[]): void {
    const { channel, revision } = this.place;
    const { sync } = this;
    for (const [part, group] of groups.entries()) {
      const bytes = to.length > 0 ? encodePieces(group) : new Uint8Array();
      for (const subject of to) channel.send(subject, 'state', { revision, sync, part, parts: groups.length }, bytes);
    }
  }
}
