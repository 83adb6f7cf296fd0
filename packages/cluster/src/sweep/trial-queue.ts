import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { ObjectStore } from '@nats-io/obj';
import { nanos } from '@nats-io/transport-node';
import { isTaken } from './persist.js';
import { type PlaceNames, placeNames, type TrialPlace } from './place.js';

/** Most bytes of a message or a note. */
const MOST_BYTES = 2 ** 18;
/** Notes and files that nobody has asked for are forgotten after so many days. */
const KEPT_DAYS = 14;
const DAY = 24 * 60 * 60 * 1000;
const CONSUMER = 'workers';
/** JetStream's answer where a subject has its message already. */
const SUBJECT_IS_FULL = 10077;

/** Where a trial is on the server. */
export interface TrialAddress {
  readonly study: string;
  readonly key: string;
}

/** A trial that was taken from the queue: nobody else is given it before it falls silent. */
export interface TakenTrial extends TrialAddress {
  readonly data: Uint8Array;
  /** Unlike that of any other delivery. */
  readonly delivery: number;
  /** Says that the trial is still being performed. */
  working(): void;
  /** Takes the trial from the queue for good. */
  finish(): Promise<void>;
  /** Lets another worker have it, after a while. */
  giveBack(milliseconds?: number): void;
}

/**
 * What the server keeps of trials: a stream with those to perform, each once, until a worker acknowledges it; a bucket with
 * notes about each; and a bucket with files.
 */
export class TrialQueue {
  private constructor(
    private readonly place: TrialPlace,
    private readonly names: PlaceNames,
    private readonly manager: JetStreamManager,
    private readonly bucket: KV,
    /** Files of trials. */
    readonly store: ObjectStore,
  ) {}

  /** Opens the queue of a cluster, which is made if it is not there. */
  static async open(place: TrialPlace): Promise<TrialQueue> {
    const names = placeNames(place.name);
    const manager = await place.jetstream.jetstreamManager();
    const { bucket, store } = await make(place, names, manager);
    return new TrialQueue(place, names, manager, bucket, store);
  }

  /** Makes what the server has lost of the queue. */
  async renew(): Promise<void> {
    await make(this.place, this.names, this.manager);
  }

  /** Queues a trial. @returns false if it is in the queue */
  async put({ study, key }: TrialAddress, data: Uint8Array): Promise<boolean> {
    try {
      await this.place.jetstream.publish(`${this.names.subjects}.${study}.${key}`, data);
      return true;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === SUBJECT_IS_FULL) return false;
      throw error;
    }
  }

  /** Keys of the trials of a study that wait for a worker or are being performed. */
  async queued(study: string): Promise<ReadonlySet<string>> {
    const prefix = `${this.names.subjects}.${study}.`;
    const subjects = await this.subjects(this.names.bucket, prefix);
    return new Set(subjects);
  }

  /** Takes a trial out of the queue, unless a worker has it. */
  async withdraw({ study, key }: TrialAddress): Promise<void> {
    await this.manager.streams.purge(this.names.bucket, { filter: `${this.names.subjects}.${study}.${key}` });
  }

  /**
   * Takes the next trial.
   *
   * @param waitMilliseconds  how long one may take to come
   * @param silenceMilliseconds after which a trial is given to another worker
   */
  async take(waitMilliseconds: number, silenceMilliseconds: number): Promise<TakenTrial | undefined> {
    const { manager, names } = this;
    await manager.consumers.add(names.bucket, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(silenceMilliseconds),
      max_ack_pending: 10_000,
    });
    const consumer = await this.place.jetstream.consumers.get(names.bucket, CONSUMER);
    const message = await consumer.next({ expires: waitMilliseconds });
    if (!message) return undefined;
    const [study = '', key = ''] = message.subject.slice(names.subjects.length + 1).split('.');
    return {
      study,
      key,
      data: message.data,
      delivery: message.info.deliverySequence,
      working: () => message.working(),
      finish: async () => void (await message.ackAck()),
      giveBack: (milliseconds = 0) => message.nak(milliseconds),
    };
  }

  /** Names of the notes about each trial of a study, by its key. */
  async notes(study: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    for (const rest of await this.subjects(`KV_${this.names.bucket}`, `$KV.${this.names.bucket}.${study}.`)) {
      const dot = rest.indexOf('.');
      const key = rest.slice(0, dot);
      found.set(key, [...(found.get(key) ?? []), rest.slice(dot + 1)]);
    }
    return found;
  }

  /** The notes about one trial. */
  async notesOf({ study, key }: TrialAddress): Promise<readonly string[]> {
    return this.subjects(`KV_${this.names.bucket}`, `$KV.${this.names.bucket}.${study}.${key}.`);
  }

  async readNote({ study, key }: TrialAddress, note: string): Promise<Uint8Array | undefined> {
    const entry = await this.bucket.get(`${study}.${key}.${note}`);
    return entry?.operation === 'PUT' ? entry.value : undefined;
  }

  async writeNote({ study, key }: TrialAddress, note: string, data: Uint8Array): Promise<void> {
    await this.bucket.put(`${study}.${key}.${note}`, data);
  }

  /** Writes a note once. @returns false if it is there */
  async createNote({ study, key }: TrialAddress, note: string, data: Uint8Array): Promise<boolean> {
    try {
      await this.bucket.create(`${study}.${key}.${note}`, data);
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  /** Forgets a note about a trial, or all. */
  async forgetNotes({ study, key }: TrialAddress, note = '>'): Promise<void> {
    const filter = `$KV.${this.names.bucket}.${study}.${key}.${note}`;
    await this.manager.streams.purge(`KV_${this.names.bucket}`, { filter });
  }

  /** What follows a prefix in the subjects of which a stream holds messages. */
  private async subjects(stream: string, prefix: string): Promise<string[]> {
    const { state } = await this.manager.streams.info(stream, { subjects_filter: `${prefix}>` });
    return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  }
}

async function make(place: TrialPlace, { bucket, subjects }: PlaceNames, manager: JetStreamManager) {
  await manager.streams.add({
    name: bucket,
    subjects: [`${subjects}.*.*`],
    retention: RetentionPolicy.Workqueue,
    // Who queues a trial a second time is told so.
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
    max_msgs_per_subject: 1,
    max_msg_size: MOST_BYTES,
  });
  const kept = KEPT_DAYS * DAY;
  return {
    bucket: await place.kv.create(bucket, { maxValueSize: MOST_BYTES, ttl: kept }),
    store: await place.objects.create(bucket, { ttl: nanos(kept) }),
  };
}
