import { MessageError } from '../wire/message-error.js';
import { type Persistence, persist } from './persist.js';
import { decodeAs, trialMessages } from './trial-messages.js';
import type { TakenTrial, TrialQueue } from './trial-queue.js';
import type { ServeTrialsOptions, WorkerTrialEvent } from './worker-options.js';

/** Somebody else has performed the trial meanwhile. */
class DoneElsewhere extends Error {
  override readonly name = 'DoneElsewhere';
}

/** A trial that a worker has taken, and what is noted of it on the server. */
export class TrialInHand {
  readonly persistence: Persistence;

  /** @param patience aborted when nothing waits for the server any longer: a while after the worker is to leave */
  constructor(
    readonly queue: TrialQueue,
    readonly taken: TakenTrial,
    readonly options: ServeTrialsOptions,
    patience: AbortSignal,
  ) {
    this.persistence = {
      signal: patience,
      renew: () => queue.renew(),
      onTrouble: (error) => this.tell({ kind: 'trouble', message: (error as Error).message }),
    };
  }

  /** Keeps the trial from other workers, and looks whether one of them has done it all the same, which aborts `end`. */
  keep(end: AbortController): () => void {
    const { silenceSeconds = 30 } = this.options;
    const beat = async () => {
      this.taken.working();
      const isDone = (await this.queue.readNote(this.taken, 'result')) !== undefined;
      if (isDone) end.abort(new DoneElsewhere());
    };
    // What cannot be said or read now will be in the next beat.
    const timer = setInterval(() => void beat().catch(() => undefined), (1000 * silenceSeconds) / 4);
    return () => clearInterval(timer);
  }

  /** Says that nobody needs to try any more. */
  async fail(trial: string, message: string): Promise<void> {
    const bytes = this.spoken('failure', message);
    await this.create('result', bytes);
    await this.finish();
    this.tell({ kind: 'failed', trial, message });
  }

  /** Takes the trial from the queue. If that is not heard, the next worker finds the result and does it. */
  async finish(): Promise<void> {
    await this.taken.finish().catch(() => undefined);
  }

  /** A note of a certain kind; undefined if there is none, or it is none. */
  async spokenNote<Kind extends 'start' | 'error' | 'result'>(name: string, kind: Kind) {
    const bytes = await this.note(name);
    try {
      return bytes && decodeAs(bytes, kind);
    } catch (error) {
      if (error instanceof MessageError) return undefined;
      throw error;
    }
  }

  note(name: string): Promise<Uint8Array | undefined> {
    return persist(() => this.queue.readNote(this.taken, name), this.persistence);
  }

  write(name: string, bytes: Uint8Array): Promise<void> {
    return persist(() => this.queue.writeNote(this.taken, name, bytes), this.persistence);
  }

  /** @returns false if there is a note of this name */
  create(name: string, bytes: Uint8Array): Promise<boolean> {
    return persist(() => this.queue.createNote(this.taken, name, bytes), this.persistence);
  }

  spoken(kind: 'refusal' | 'error' | 'failure', message: string): Uint8Array {
    return trialMessages.encode(kind, { worker: this.options.worker, message: plain(message) });
  }

  tell(event: WorkerTrialEvent): void {
    this.options.onEvent?.(event);
  }

  /** Names of the notes of it. */
  notes(): Promise<readonly string[]> {
    return persist(() => this.queue.notesOf(this.taken), this.persistence);
  }
}

/** A sentence that a message may hold. */
export const plain = (message: string) => Buffer.from(message).toString().slice(0, 1900);
