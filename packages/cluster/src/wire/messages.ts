import type { TaskCall } from '../job/job.js';
import { choice, flag, integer, list, name, number, optional, record, sha256, text } from './fields.js';
import { defineMessages, type MessageOf } from './message.js';

const MOST_MEMBERS = 4096;
const MOST_PAYLOAD = 2 ** 30;

/** Which life of a coordinator a message belongs to. */
const revision = integer(1);
const address = integer(0, 2 ** 32);
const reason = text(2000);

const steps = list(
  record({
    work: integer(0, 16),
    step: integer(),
    numbers: list(record({ address, value: number() }), { most: 4096 }),
  }),
  { most: 65536 },
);

const call = record({
  count: integer(1),
  batchSize: integer(1),
  firstStep: integer(),
  endStep: integer(),
  isReported: flag(),
  finite: list(address, { most: 4096 }),
  resultStep: optional(integer()),
});

const KINDS = {
  // From the coordinator to all workers.

  /** Once a second: a coordinator is there, and these are its members. */
  beat: {
    fields: {
      revision,
      view: integer(),
      members: list(name(), { most: MOST_MEMBERS }),
      code: text(100),
      numerics: integer(),
    },
  },

  // From the coordinator to workers of its session, or to one of them.

  /** A worker cannot join. */
  refuse: { fields: { revision, reason } },
  /** A worker is a member from now on, and has nothing yet. */
  admit: { fields: { revision, view: integer() } },
  /** A worker is no member any more. */
  drop: { fields: { revision, view: integer(), reason } },
  /** What is computed from now on. */
  job: { fields: { revision, job: integer(1) }, payload: MOST_PAYLOAD },
  /** Memory as the coordinator has it: a part of many. */
  state: { fields: { revision, sync: integer(1), part: integer(), parts: integer(1) }, payload: MOST_PAYLOAD },
  /** Some steps: first of a call's own work, then of what comes next. */
  task: {
    fields: {
      revision,
      task: integer(1),
      job: integer(1),
      sync: integer(1),
      calls: list(call, { least: 1, most: 16 }),
    },
  },
  /** Apply what is due, then compute a share of a round. Each turn is another number. */
  go: {
    fields: {
      revision,
      turn: integer(1),
      task: integer(1),
      round: integer(),
      /** Whether the task ends here if a step has just ended. */
      stop: flag(),
      members: list(record({ id: name(), weight: integer(0, 2 ** 20) }), { least: 1, most: MOST_MEMBERS }),
    },
  },
  /** Give the digest of your state; one also gives what steps have changed. */
  settle: { fields: { revision, turn: integer(1), sender: name() } },
  /** Where do you stand? */
  ask: { fields: { revision, turn: integer(1) } },

  // From workers to the coordinator.

  /** A worker has heard a beat, and wants to be a member. */
  join: {
    fields: {
      revision,
      view: integer(),
      from: name(),
      host: text(255),
      threads: integer(1, 4096),
      code: text(100),
      numerics: integer(),
    },
  },
  leave: { fields: { from: name(), revision } },
  /** A round is complete. */
  done: {
    fields: {
      revision,
      from: name(),
      turn: integer(1),
      leaves: list(integer(), { least: 2, most: 2 }),
      microBatches: integer(),
      examples: integer(),
      milliseconds: number(),
      steps,
      bytesSent: integer(),
      bytesReceived: integer(),
    },
  },
  /** There is no further round. */
  ended: { fields: { revision, from: name(), turn: integer(1), stopped: integer(0, 2), steps } },
  /** What steps have changed: a part of many. */
  changes: {
    fields: { revision, from: name(), turn: integer(1), part: integer(), parts: integer(1) },
    payload: MOST_PAYLOAD,
  },
  settled: { fields: { revision, from: name(), turn: integer(1), digest: sha256() } },
  standing: {
    fields: {
      revision,
      from: name(),
      turn: integer(1),
      standing: choice('lacking', 'opening', 'computing', 'exchanging'),
      /** Or it was cut off, and says so by itself. */
      isAsked: flag(),
    },
  },
  /** A worker cannot go on, or will not. */
  failed: { fields: { revision, from: name(), isRefusal: flag(), reason } },

  // From workers to workers, and results to the coordinator.

  part: {
    fields: { revision, from: name(), turn: integer(1), part: choice('nodes', 'sums', 'rows', 'results', 'values') },
    payload: MOST_PAYLOAD,
  },
} as const;

/** What coordinator and workers say to each other. */
export const SESSION_MESSAGES = defineMessages(KINDS);

/** The kinds of these messages. */
export type SessionKinds = typeof KINDS;

/** One of these messages. */
export type SessionMessage = MessageOf<SessionKinds>;

/** The fields of a kind. */
export type FieldsOf<Kind extends SessionMessage['kind']> = Extract<SessionMessage, { kind: Kind }>['fields'];

/** A call and what comes next in it as a list, which messages have. */
export function listedCalls({ next, ...call }: TaskCall): FieldsOf<'task'>['calls'] {
  return [call, ...(next ? listedCalls(next) : [])];
}

/** Such a list as one call, with what comes next in it. */
export function nestedCall([call, ...others]: FieldsOf<'task'>['calls']): TaskCall {
  return { ...call, ...(others.length > 0 && { next: nestedCall(others) }) };
}
