import { setTimeout as wait } from 'node:timers/promises';
import { ClusterError } from '../errors.js';
import { name, text } from '../wire/fields.js';
import { defineMessages } from '../wire/message.js';
import type { KeyEntry, KeyStore } from './key-store.js';

/** Who holds a key. */
export interface Owner {
  /** Unique to the process: of a to z, 0 to 9, - and _. */
  readonly id: string;
  readonly host: string;
  /** What the holder does, for people, such as `weft train`. */
  readonly work: string;
}

/** Who holds a key since which revision. */
export interface Holder extends Owner {
  /** Grows with every holder, so that the later of two can be told. */
  readonly revision: number;
}

/** What keys hold. */
export const keyMessages = defineMessages({
  holder: { fields: { id: name(), host: text(255), work: text(200) } },
  renewal: { fields: { id: name() } },
});

/** How a key is claimed. */
export interface ClaimOptions {
  /** Seconds without a renewal after which a holder counts as dead; default 10. */
  readonly silenceSeconds?: number;
  /** Seconds between renewals; default 2. */
  readonly renewSeconds?: number;
  /** Is called once if another process holds the key and it has to be seen whether that one lives. */
  readonly onWait?: (holder: Holder) => void;
  readonly signal?: AbortSignal;
}

// Each key has a second one beside it, which its holder writes again and again. So the revision of the key itself is
// that of the claim, and renewals do not change it.
const renewals = (key: string) => `${key}.renewed`;

/** Milliseconds between two looks at a key that another process holds. */
const LOOK = 250;

/**
 * Claims a key for this process. If another one holds it, waits for a time as long as a dead one is silent, and takes the
 * key over if it was not renewed meanwhile. No clocks are compared: each process measures with its own.
 *
 * @throws ClusterError with the code `taken` if another process holds the key and renews it
 */
export async function claimKey(store: KeyStore, key: string, owner: Owner, options: ClaimOptions = {}): Promise<Claim> {
  const { silenceSeconds = 10, signal, onWait } = options;
  const value = keyMessages.encode('holder', owner);
  let said = false;
  for (;;) {
    const entry = await store.get(key);
    if (entry) {
      const holder = holderOf(entry);
      if (holder && !said) onWait?.(holder);
      said = true;
      if (!(await isSilent(store, key, entry, silenceSeconds, signal))) continue;
    }
    signal?.throwIfAborted();
    const revision = await store.set(key, value, entry?.revision ?? 0);
    // Undefined: another process was faster. It is looked at like any other holder.
    if (revision !== undefined) return Claim.begin(store, key, owner, revision, options);
  }
}

/** Whether the holder did nothing for so long. @throws ClusterError if it has renewed the key */
async function isSilent(
  store: KeyStore,
  key: string,
  entry: KeyEntry,
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const before = await store.get(renewals(key));
  const until = performance.now() + 1000 * seconds;
  for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
    await wait(Math.min(left, LOOK), undefined, signal && { signal });
    // Released, or taken over by somebody who waited longer.
    if ((await store.get(key))?.revision !== entry.revision) return false;
    if ((await store.get(renewals(key)))?.revision !== before?.revision) throw taken(key, holderOf(entry));
  }
  return true;
}

function taken(key: string, holder: Holder | undefined): ClusterError {
  const who = holder ? `${holder.work} on ${holder.host} (${holder.id})` : 'another process';
  return new ClusterError('taken', `${key}: ${who} holds it and is alive. Stop that one, or use another --name.`);
}

/** Who an entry says holds its key; undefined if it says nothing that makes sense. */
function holderOf(entry: KeyEntry | undefined): Holder | undefined {
  if (!entry) return undefined;
  try {
    const message = keyMessages.decode(entry.value);
    return message.kind === 'holder' ? { ...message.fields, revision: entry.revision } : undefined;
  } catch {
    return undefined;
  }
}

/** Who holds a key now; undefined if nobody does. Says nothing about whether that one lives. */
export async function holderOfKey(store: KeyStore, key: string): Promise<Holder | undefined> {
  return holderOf(await store.get(key));
}

/** Revision of the last renewal of a key, which changes while its holder lives; undefined if there is none. */
export async function renewalOf(store: KeyStore, key: string): Promise<number | undefined> {
  return (await store.get(renewals(key)))?.revision;
}

/** A key that this process holds, and renews until it releases it. */
export class Claim {
  /** Settles with an error when the key was lost: another process has taken it over, or somebody has removed it. */
  readonly lost: Promise<ClusterError>;
  readonly #store: KeyStore;
  readonly #key: string;
  readonly #value: Uint8Array;
  readonly #renewMilliseconds: number;
  #renewal: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isHeld = true;
  #lose!: (error: ClusterError) => void;

  private constructor(
    store: KeyStore,
    key: string,
    owner: Owner,
    /** What goes into every message: who knows a later one ignores it. */
    readonly revision: number,
    renewal: number,
    renewSeconds: number,
  ) {
    this.#store = store;
    this.#key = key;
    this.#value = keyMessages.encode('renewal', { id: owner.id });
    this.#renewal = renewal;
    this.#renewMilliseconds = 1000 * renewSeconds;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    this.#plan();
  }

  /** @internal */
  static async begin(
    store: KeyStore,
    key: string,
    owner: Owner,
    revision: number,
    { renewSeconds = 2 }: ClaimOptions,
  ): Promise<Claim> {
    // The renewals of the holder before end here: its next one finds another revision.
    const value = keyMessages.encode('renewal', { id: owner.id });
    const before = await store.get(renewals(key));
    const renewal = (await store.set(renewals(key), value, before?.revision ?? 0)) ?? 0;
    return new Claim(store, key, owner, revision, renewal, renewSeconds);
  }

  /** Whether this process still holds the key, as far as it knows. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Gives the key back, unless it was lost. */
  async release(): Promise<void> {
    const wasHeld = this.#isHeld;
    this.#isHeld = false;
    clearTimeout(this.#timer);
    await this.#running;
    if (!wasHeld) return;
    await this.#store.remove(this.#key, this.revision);
    await this.#store.remove(renewals(this.#key), this.#renewal);
  }

  #plan(): void {
    if (!this.#isHeld) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#renew().finally(() => this.#plan());
    }, this.#renewMilliseconds);
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    let holder: KeyEntry | undefined;
    try {
      const renewal = await this.#store.set(renewals(this.#key), this.#value, this.#renewal);
      holder = await this.#store.get(this.#key);
      if (holder?.revision === this.revision) {
        // A renewal of which the answer was lost has another revision than the one that is known.
        this.#renewal = renewal ?? (await this.#store.get(renewals(this.#key)))?.revision ?? 0;
        return;
      }
    } catch {
      // The server is away. It is tried again: the key is only lost when somebody else has it.
      return;
    }
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const who = holderOf(holder);
    const now = who ? `${who.work} on ${who.host} (${who.id}) has taken it over` : 'it was removed';
    this.#lose(new ClusterError('taken', `${this.#key}: this process no longer holds it: ${now}.`));
  }
}
