import { createHash } from 'node:crypto';
import type { Json, Measure, Trial, TrialOptions } from '@weft/study';
import { integer, name, optional, record, sha256, text, type ValuesOf } from '../wire/fields.js';
import { defineMessages, type MessageOf } from '../wire/message.js';
import { MessageError } from '../wire/message-error.js';
import { checkFiles, type FileRules, fileField, filesField } from './files.js';

/** Most bytes of the options and measures of a trial. */
const MOST_OPTIONS = 2 ** 16;

const HEXADECIMAL = '0123456789abcdef';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const trialName = () => text(80, { least: 1, alphabet: `${LETTERS}${LETTERS.toUpperCase()}0123456789._+-` });
const sentence = () => text(2000);

/** What is kept on the server about trials, and what of it may hold what. */
const kinds = {
  /** A trial to perform. The payload is JSON with its options and measures. */
  trial: {
    fields: {
      study: text(32, { least: 32, alphabet: HEXADECIMAL }),
      name: trialName(),
      weft: text(40),
      numerics: integer(0, 2 ** 31),
      dataset: text(100),
      train: sha256(),
      test: sha256(),
      continues: optional(record({ name: trialName(), epochs: integer(1), files: filesField })),
    },
    payload: MOST_OPTIONS,
  },
  /** A worker has begun. */
  start: { fields: { worker: name() } },
  /** A worker cannot perform this trial; another may. */
  refusal: { fields: { worker: name(), message: sentence() } },
  /** The trial has failed on a worker. */
  error: { fields: { worker: name(), message: sentence() } },
  /** Nobody tries any more. */
  failure: { fields: { worker: name(), message: sentence() } },
  /** Where another worker can go on. */
  checkpoint: { fields: { worker: name(), files: filesField } },
  /** What a trial has come to: the SHA-256 of its result as JSON, and the files of its run. */
  result: { fields: { worker: name(), result: sha256(), files: filesField, measurements: optional(fileField) } },
  /** A second worker has come to something else. */
  difference: { fields: { worker: name(), result: sha256() } },
} as const;

/**
 * Messages about trials, as they are kept on the server.
 *
 * @example
 * const bytes = trialMessages.encode('start', { worker: 'ann' });
 * trialMessages.decode(bytes).kind; // 'start'
 */
export const trialMessages = defineMessages(kinds);

type TrialMessage = MessageOf<typeof kinds>;
/** The fields of a kind of messages. */
export type FieldsOf<Name extends keyof typeof kinds> = ValuesOf<(typeof kinds)[Name]['fields']>;

/**
 * Reads a message of a certain kind.
 *
 * @throws MessageError if it is none
 */
export function decodeAs<Name extends keyof typeof kinds>(bytes: Uint8Array, ...expected: readonly Name[]) {
  const message = trialMessages.decode(bytes);
  if ((expected as readonly string[]).includes(message.kind)) return message as Extract<TrialMessage, { kind: Name }>;
  throw new MessageError(`got a message of the kind ${message.kind}, expected ${expected.join(' or ')}.`);
}

/** What the same training needs to be the same everywhere. */
export interface Versions {
  /** Of Weft. */
  readonly weft: string;
  /** Of the bits of its training. */
  readonly numerics: number;
}

/** The images and labels of a trial. */
export interface TrialData {
  readonly dataset: string;
  /** SHA-256 of those to train on. */
  readonly train: string;
  readonly test: string;
}

/** A trial as it is sent. */
export interface SentTrial {
  readonly study: string;
  readonly trial: Trial;
  readonly data: TrialData;
  readonly versions: Versions;
  /** Files of the run that it continues. */
  readonly files: FieldsOf<'result'>['files'];
}

/** What a trial is found by: a SHA-256 of what decides its result, in the study. */
export function trialKey({ study, trial, data, versions }: Omit<SentTrial, 'files'>): string {
  const { name, options, measures = [], continues } = trial;
  const parts = [
    [study, name, sorted(options), measures.map(sorted)],
    [continues?.name ?? null, continues?.epochs ?? null],
    [data.dataset, data.train, data.test],
    [versions.weft, versions.numerics],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const sorted = (table: Readonly<Record<string, Json>>) =>
  Object.keys(table)
    .sort()
    .map((each) => [each, table[each]]);

/** @throws MessageError if the options and measures are too large to be sent */
export function encodeTrial({ study, trial, data, versions, files }: SentTrial): Uint8Array {
  const { name, options, measures = [], continues } = trial;
  const payload = Buffer.from(JSON.stringify({ options, measures }));
  const earlier = continues && { continues: { name: continues.name, epochs: continues.epochs, files } };
  return trialMessages.encode('trial', { study, name, ...data, ...versions, ...earlier }, payload);
}

/** @throws MessageError for anything that `encodeTrial` does not write; it never throws anything else */
export function decodeTrial(bytes: Uint8Array): SentTrial {
  const { fields, payload } = decodeAs(bytes, 'trial');
  const { study, name: given, continues, dataset, train, test, weft, numerics } = fields;
  checkFolderName(given);
  if (continues) checkFolderName(continues.name);
  if (continues?.name.toLowerCase() === given.toLowerCase()) {
    throw new MessageError(`${given} continues itself.`);
  }
  const { options, measures } = readOptions(payload);
  const earlier = continues && { continues: { name: continues.name, epochs: continues.epochs } };
  return {
    study,
    trial: { name: given, options, measures, ...earlier },
    data: { dataset, train, test },
    versions: { weft, numerics },
    files: continues?.files ?? [],
  };
}

/**
 * Reads any message about trials, with everything that is checked before one is used.
 *
 * @param rules which files runs have
 * @returns the trial, or the fields of another message
 * @throws MessageError for anything that a worker or a study does not write; it never throws anything else
 * @example
 * const bytes = trialMessages.encode('error', { worker: 'ann', message: 'The disk is full.' });
 * readTrialMessage(bytes, { isRunFile: (path) => path === 'run.json' }); // { worker: 'ann', message: 'The disk is full.' }
 */
export function readTrialMessage(bytes: Uint8Array, rules: FileRules): SentTrial | TrialMessage['fields'] {
  const { kind, fields } = trialMessages.decode(bytes);
  if (kind === 'trial') {
    const sent = decodeTrial(bytes);
    checkFiles(sent.files, rules);
    return sent;
  }
  if (kind === 'checkpoint' || kind === 'result') checkFiles(fields.files, rules);
  return fields;
}

/** Names become folders, on any system. */
function checkFolderName(given: string): void {
  if (/^[a-z0-9]/i.test(given) && !given.endsWith('.') && !/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(given))
    return;
  throw new MessageError(`got the trial ${JSON.stringify(given)}, expected a name that a folder may have.`);
}

function readOptions(payload: Uint8Array): { readonly options: TrialOptions; readonly measures: readonly Measure[] } {
  const json = parse(payload);
  if (!isTable(json) || Object.keys(json).sort().join() !== 'measures,options') {
    throw new MessageError('a trial: got other fields, expected options and measures.');
  }
  const { options, measures } = json as { options: unknown; measures: unknown };
  if (!isTable(options) || !Object.values(options).every(isScalar)) {
    throw new MessageError('a trial: got options that are no table of numbers, texts, true, false and null.');
  }
  if (!Array.isArray(measures) || measures.length > 32 || !measures.every(isMeasure)) {
    throw new MessageError('a trial: got measures that are no list of tables with a kind.');
  }
  return { options: options as TrialOptions, measures };
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload));
  } catch (cause) {
    throw new MessageError('a trial: the options are no JSON.', { cause });
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.hasOwn(value, '__proto__');
const isScalar = (value: unknown) => value === null || ['boolean', 'number', 'string'].includes(typeof value);
const isMeasure = (value: unknown): value is Measure =>
  isTable(value) && typeof value.kind === 'string' && Object.values(value).every((each) => isShallow(each, 4));

/** Whether a value is not nested deeper than measures are. */
function isShallow(value: unknown, depth: number): boolean {
  if (isScalar(value)) return true;
  if (depth === 0) return false;
  return Object.values(value as object).every((each) => isShallow(each, depth - 1));
}
