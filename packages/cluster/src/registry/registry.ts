import type { Bus, Unsubscribe } from '../bus/bus.js';
import { MessageError } from '../wire/message-error.js';
import { type Heartbeat, heartbeatMessages } from './heartbeat.js';

/** A worker that is there, as its heartbeats say. */
export interface WorkerStatus extends Heartbeat {
  /** Seconds since its last heartbeat, by this machine's clock. */
  readonly silentSeconds: number;
  /** Over the last seconds; undefined before the second heartbeat. */
  readonly examplesPerSecond: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** Bounds of a registry. */
export interface RegistryOptions {
  /** Workers that fit; heartbeats of others are refused. Default 1,024. */
  readonly mostWorkers?: number;
  /** Seconds after which a silent worker is dropped; default 5. */
  readonly silenceSeconds?: number;
  /** Milliseconds of a clock that only goes forward; default `performance.now`. */
  readonly now?: () => number;
}

interface Entry {
  readonly heartbeat: Heartbeat;
  readonly at: number;
  /** An older heartbeat, for rates. */
  readonly from: { readonly heartbeat: Heartbeat; readonly at: number };
}

/** Milliseconds over which rates are taken. */
const RATE_SPAN = 4000;

/**
 * The table of workers that are there, by their heartbeats. Damaged, foreign and too many ones are refused and counted.
 *
 * @example
 * const { bus } = await connect('nats://127.0.0.1:4222');
 * const registry = new Registry(bus, 'weft.default.alive');
 * registry.onHeartbeat(({ id, host }) => console.log(`${id} on ${host}`));
 */
export class Registry {
  readonly #entries = new Map<string, Entry>();
  readonly #mostWorkers: number;
  readonly #silence: number;
  readonly #now: () => number;
  readonly #unsubscribe: Unsubscribe;
  readonly #watchers = new Set<(heartbeat: Heartbeat) => void>();
  #refused = 0;

  constructor(bus: Bus, subject: string, options: RegistryOptions = {}) {
    this.#mostWorkers = options.mostWorkers ?? 1024;
    this.#silence = 1000 * (options.silenceSeconds ?? 5);
    this.#now = options.now ?? (() => performance.now());
    this.#unsubscribe = bus.subscribe(subject, ({ data }) => this.#accept(data));
  }

  /** Heartbeats that were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Workers that are there, in the order of their ids. */
  get workers(): readonly WorkerStatus[] {
    const now = this.#dropSilent();
    return [...this.#entries.values()]
      .map((entry) => statusOf(entry, now))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Is called with every heartbeat that is taken. */
  onHeartbeat(receive: (heartbeat: Heartbeat) => void): Unsubscribe {
    this.#watchers.add(receive);
    return () => void this.#watchers.delete(receive);
  }

  close(): void {
    this.#unsubscribe();
    this.#watchers.clear();
  }

  #accept(data: Uint8Array): void {
    let heartbeat: Heartbeat;
    try {
      heartbeat = heartbeatMessages.decode(data).fields;
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#refused++;
      return;
    }
    const at = this.#dropSilent();
    const last = this.#entries.get(heartbeat.id);
    if (!last && this.#entries.size >= this.#mostWorkers) {
      this.#refused++;
      return;
    }
    this.#entries.set(heartbeat.id, { heartbeat, at, from: rateStart(last, heartbeat, at) });
    for (const receive of [...this.#watchers]) receive(heartbeat);
  }

  #dropSilent(): number {
    const now = this.#now();
    for (const [id, { at }] of this.#entries) if (now - at > this.#silence) this.#entries.delete(id);
    return now;
  }
}

/** Where rates begin: a heartbeat a few seconds ago of the same process, or this one. */
function rateStart(last: Entry | undefined, heartbeat: Heartbeat, at: number): Entry['from'] {
  // Counts that shrink are those of another process, or of a liar.
  if (!last || bytes(heartbeat) < bytes(last.from.heartbeat) || heartbeat.examples < last.from.heartbeat.examples) {
    return { heartbeat, at };
  }
  return at - last.from.at > RATE_SPAN ? last : last.from;
}

const bytes = ({ sentBytes, receivedBytes }: Heartbeat) => sentBytes + receivedBytes;

function statusOf({ heartbeat, at, from }: Entry, now: number): WorkerStatus {
  const seconds = (at - from.at) / 1000;
  const rate = (count: (each: Heartbeat) => number) =>
    seconds > 0 ? (count(heartbeat) - count(from.heartbeat)) / seconds : undefined;
  return {
    ...heartbeat,
    silentSeconds: (now - at) / 1000,
    examplesPerSecond: rate(({ examples }) => examples),
    bytesPerSecond: rate(bytes),
  };
}
