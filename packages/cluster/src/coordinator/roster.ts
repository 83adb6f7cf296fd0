/** What a worker says of itself when it wants to join. */
export interface WorkerFacts {
  readonly id: string;
  readonly host: string;
  readonly threads: number;
}

/** Workers that wait ask again with every beat: one that has not for so many milliseconds is gone. */
const PATIENCE = 10_000;

/** How many may take part, and how many may wait to. */
const MOST_WORKERS = 1024;

/** A member that was not heard for so long is lost, in milliseconds. */
export const SILENCE = 10_000;

interface Entry {
  readonly facts: WorkerFacts;
  /** The view that it was admitted to. */
  readonly view: number;
  heard: number;
  isLeaving: boolean;
}

/** Who takes part, in the order of joining, and who waits to. */
export class Roster {
  /** Changes whenever members do: what was sent before is about others. */
  view = 0;
  private readonly entries = new Map<string, Entry>();
  private readonly waiting = new Map<string, { readonly facts: WorkerFacts; readonly asked: number }>();

  get ids(): string[] {
    return [...this.entries.keys()];
  }

  get members(): WorkerFacts[] {
    return [...this.entries.values()].map(({ facts }) => facts);
  }

  get candidates(): WorkerFacts[] {
    return [...this.waiting.values()].map(({ facts }) => facts);
  }

  get leaving(): string[] {
    return [...this.entries].filter(([, { isLeaving }]) => isLeaving).map(([id]) => id);
  }

  /** Whether nobody will be left. */
  get areAllLeaving(): boolean {
    return this.entries.size > 0 && this.leaving.length === this.entries.size;
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** The view that a member was admitted to. */
  viewOf(id: string): number {
    return this.entries.get(id)?.view ?? 0;
  }

  /** A worker wants to join. */
  apply(facts: WorkerFacts, now: number): 'new' | 'waiting' | 'full' {
    const isKnown = this.waiting.has(facts.id);
    if (!isKnown && this.waiting.size + this.entries.size >= MOST_WORKERS) return 'full';
    this.waiting.set(facts.id, { facts, asked: now });
    return isKnown ? 'waiting' : 'new';
  }

  /** Those that wait become members. */
  admit(now: number): WorkerFacts[] {
    const admitted = [...this.waiting.values()]
      .filter(({ asked }) => now - asked <= PATIENCE)
      .map(({ facts }) => facts);
    if (admitted.length > 0) this.view++;
    const { view } = this;
    for (const facts of admitted) this.entries.set(facts.id, { facts, view, heard: now, isLeaving: false });
    this.waiting.clear();
    return admitted;
  }

  hear(id: string, now: number): void {
    const entry = this.entries.get(id);
    if (entry) entry.heard = Math.max(entry.heard, now);
  }

  /** All were just heard, as far as that is known. */
  hearAll(now: number): void {
    for (const entry of this.entries.values()) entry.heard = Math.max(entry.heard, now);
  }

  /** Members that were not heard for so many milliseconds. */
  silent(now: number, milliseconds: number): string[] {
    return [...this.entries].filter(([, { heard }]) => now - heard > milliseconds).map(([id]) => id);
  }

  wantsToLeave(id: string): void {
    this.waiting.delete(id);
    const entry = this.entries.get(id);
    if (entry) entry.isLeaving = true;
  }

  remove(id: string): boolean {
    const isMember = this.entries.delete(id);
    if (isMember) this.view++;
    return isMember;
  }
}
