import { decodeSafetensors, encodeSafetensors, SafetensorsError, type SafetensorsTensor } from '@weft/formats';
import type { CallbackState } from '../callbacks/callback.js';
import { type EpochHistory, logHistory, type StateTensor } from '../history.js';
import { sha256Hex } from '../sha256.js';
import { CheckpointError } from './errors.js';
import type { Fingerprint } from './fingerprint.js';
import type { TrainingState } from './state.js';

/** Names in the metadata. */
const VERSION = 'weft.checkpoint';
const CHECKSUM = 'weft.sha256';
const STATE = 'weft.state';

/** Changes when older readers could no longer make sense of a file. */
const CURRENT_VERSION = '2';

/** Stands where the checksum will be while the checksum is computed. */
const BLANK = '0'.repeat(64);

/** The part of the state that is written as JSON. */
type Scalars = Pick<TrainingState, 'fingerprint' | 'epochs' | 'epoch' | 'step' | 'steps' | 'stepsBefore' | 'stopped'>;

/**
 * A checkpoint as a safetensors file: numbers as tensors, the rest as JSON in the metadata, and the SHA-256 of the
 * whole file, taken with 64 zeros in its own place.
 *
 * @example
 * import { readdirSync, readFileSync } from 'node:fs';
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const checkpoints = { directory: 'states' };
 * await fit(model, data, { epochs: 1, checkpoints, threads: 1 });
 * const bytes = readFileSync(`states/${readdirSync('states')[0]}`);
 * const again = encodeCheckpoint(decodeCheckpoint('states', bytes));
 * decodeCheckpoint('again', again).epoch; // 1
 */
export function encodeCheckpoint(state: TrainingState): Uint8Array {
  const tensors = new Map<string, SafetensorsTensor>();
  const addAll = (prefix: string, parameters: ReadonlyMap<string, StateTensor>) => {
    for (const [name, { shape, data }] of parameters) tensors.set(`${prefix}/${name}`, { dtype: 'F32', shape, data });
  };
  const addNumbers = (name: string, numbers: Iterable<number>) => {
    const data = Float64Array.from(numbers);
    tensors.set(name, { dtype: 'F64', shape: [data.length], data });
  };
  addAll('weights', state.weights);
  for (const [slot, values] of state.slots) addAll(`slots/${slot}`, values);
  addNumbers('log/numbers', state.log.numbers);
  tensors.set('log/scores', { dtype: 'F32', shape: [state.log.scores.length], data: state.log.scores });
  addNumbers('rates', state.rates);
  addNumbers('seconds', [state.seconds]);
  addNumbers('best', state.best ? [state.best.value, state.best.steps] : []);
  const { history, seconds, examplesPerSecond } = state.history;
  for (const [name, values = []] of Object.entries(history)) addNumbers(`history/${name}`, values);
  addNumbers('times/seconds', seconds);
  addNumbers('times/examplesPerSecond', examplesPerSecond);
  state.callbacks.forEach((kept, index) => {
    for (const [name, value] of Object.entries(kept)) {
      const path = `callbacks/${index}/${name}`;
      if (typeof value === 'number') addNumbers(path, [value]);
      else tensors.set(path, { dtype: 'F32', shape: [value.length], data: value });
    }
  });
  const { fingerprint, epochs, epoch, step, steps, stepsBefore, stopped } = state;
  const scalars: Scalars = { fingerprint, epochs, epoch, step, steps, stepsBefore, stopped };
  const bytes = encodeSafetensors(tensors, {
    [VERSION]: CURRENT_VERSION,
    [CHECKSUM]: BLANK,
    [STATE]: JSON.stringify({ ...scalars, callbacks: state.callbacks.length, slots: [...state.slots.keys()] }),
  });
  replaceText(bytes, BLANK, sha256Hex(bytes));
  return bytes;
}

/**
 * Reads what `encodeCheckpoint` wrote. Nothing in the file is trusted.
 *
 * @param path for messages
 * @throws CheckpointError if the file is damaged, is not a checkpoint, or has another format version
 * @example
 * import { readdirSync, readFileSync } from 'node:fs';
 * const model = new Sequential([new Dense({ units: 1 })], { inputShape: [2] });
 * const data = { x: new Float32Array(8), y: new Float32Array(4) };
 * const checkpoints = { directory: 'checkpoints' };
 * await fit(model, data, { epochs: 2, checkpoints, threads: 1 });
 * const path = `checkpoints/${readdirSync('checkpoints')[0]}`;
 * [...decodeCheckpoint(path, readFileSync(path)).weights.keys()]; // ['dense/bias', 'dense/kernel']
 */
export function decodeCheckpoint(path: string, bytes: Uint8Array): TrainingState {
  const fail = (message: string, cause?: unknown): never => {
    throw new CheckpointError(`${path}: ${message}`, { cause });
  };
  let contents: ReturnType<typeof decodeSafetensors>;
  try {
    contents = decodeSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    return fail(`the checkpoint is damaged: ${error.message}`, error);
  }
  const { tensors, metadata } = contents;
  const { [VERSION]: version, [CHECKSUM]: checksum, [STATE]: json } = metadata;
  if (version === undefined || checksum === undefined || json === undefined) {
    return fail('the file is not a checkpoint of a training. Give one that fit has written.');
  }
  if (version !== CURRENT_VERSION) {
    throw new UnknownFormatError(path, version);
  }
  if (!/^[0-9a-f]{64}$/.test(checksum) || sha256Hex(blanked(bytes, checksum)) !== checksum) {
    return fail('the checkpoint is damaged: its SHA-256 differs from the one that it holds.');
  }
  try {
    return readState(JSON.parse(json), tensors);
  } catch (error) {
    return fail(`the checkpoint is damaged: ${(error as Error).message}`, error);
  }
}

/** A newer Weft, or a much older one, wrote the checkpoint: not damage, so that no other one takes its place. */
export class UnknownFormatError extends CheckpointError {
  constructor(path: string, version: string) {
    super(
      `${path}: the checkpoint has format version ${version}; this Weft reads ${CURRENT_VERSION}. Resume with the Weft that wrote it, or start again in another folder.`,
    );
  }
}

/** A copy of the file with zeros instead of its checksum. */
function blanked(bytes: Uint8Array, checksum: string): Uint8Array {
  const copy = bytes.slice();
  replaceText(copy, checksum, BLANK);
  return copy;
}

/** Replaces the first other ASCII text of the same length, if that is there. */
function replaceText(bytes: Uint8Array, old: string, replacement: string): void {
  const [wanted, put] = [old, replacement].map((text) => new TextEncoder().encode(text));
  let at = bytes.indexOf(wanted[0]);
  while (at >= 0 && !wanted.every((byte, index) => bytes[at + index] === byte)) at = bytes.indexOf(wanted[0], at + 1);
  if (at >= 0) bytes.set(put, at);
}

function readState(json: unknown, tensors: ReadonlyMap<string, SafetensorsTensor>): TrainingState {
  const { fingerprint, epochs, epoch, step, steps, stepsBefore, stopped, callbacks, slots } = json as Record<
    string,
    unknown
  >;
  const counts = { epochs, epoch, step, steps, stepsBefore, callbacks };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || (count as number) < 0) throw new Error(`${name} is not a count.`);
  }
  const numbers = (name: string) => {
    const data = tensors.get(name)?.data;
    if (!(data instanceof Float64Array)) throw new Error(`the numbers '${name}' are missing.`);
    return data;
  };
  const history = readHistory(tensors, numbers);
  const lengths = [history.seconds, history.examplesPerSecond, ...Object.values(history.history)];
  // Epochs of trainings before this one are counted, too, and have no losses here.
  if (lengths.some((values) => values?.length !== lengths[0]?.length) || history.seconds.length > (epoch as number)) {
    throw new Error('its losses are not those of its epochs.');
  }
  const [value, bestSteps] = numbers('best');
  const ofPrefix = (prefix: string) => [...tensors].filter(([name]) => name.startsWith(prefix));
  const parameters = (prefix: string) =>
    new Map(
      ofPrefix(prefix).map(([name, { shape, data }]) => [name.slice(prefix.length), { shape, data: float32(data) }]),
    );
  const kept = (index: number): CallbackState => {
    const prefix = `callbacks/${index}/`;
    return Object.fromEntries(
      ofPrefix(prefix).map(([name, { data }]) => [
        name.slice(prefix.length),
        data instanceof Float64Array ? data[0] : float32(data),
      ]),
    );
  };
  return {
    ...(counts as Record<'epochs' | 'epoch' | 'step' | 'steps' | 'stepsBefore', number>),
    fingerprint: readFingerprint(fingerprint),
    stopped: stopped === true,
    seconds: numbers('seconds')[0],
    best: value === undefined ? undefined : { value, steps: bestSteps },
    weights: parameters('weights/'),
    slots: new Map(slotNames(slots).map((slot) => [slot, parameters(`slots/${slot}/`)])),
    // Missing in files from before callbacks could set rates.
    rates: tensors.has('rates') ? [...numbers('rates')] : [],
    log: { numbers: numbers('log/numbers'), scores: float32(tensors.get('log/scores')?.data) },
    history,
    callbacks: sequence(callbacks as number, kept),
  };
}

function readHistory(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  numbers: (name: string) => Float64Array,
): EpochHistory {
  const paths = [...tensors.keys()].filter((path) => path.startsWith('history/'));
  const history = Object.fromEntries(paths.map((path) => [path.slice('history/'.length), [...numbers(path)]]));
  return {
    history: logHistory(history),
    seconds: [...numbers('times/seconds')],
    examplesPerSecond: [...numbers('times/examplesPerSecond')],
  };
}

/** Slots or callbacks: more than anyone has, and few enough for a count from a file. */
const MOST_PARTS = 100;

function sequence<T>(length: number, item: (index: number) => T): T[] {
  if (length > MOST_PARTS) throw new Error(`it claims ${length} parts of a kind; at most ${MOST_PARTS} are read.`);
  return Array.from({ length }, (_, index) => item(index));
}

function slotNames(names: unknown): readonly string[] {
  const isList = Array.isArray(names) && names.length <= MOST_PARTS && names.every((name) => typeof name === 'string');
  if (!isList) throw new Error('it does not name the slots of its optimisers.');
  return names;
}

function float32(data: SafetensorsTensor['data'] | undefined): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error('a tensor is not of float32.');
  return data;
}

function readFingerprint(fingerprint: unknown): Fingerprint {
  const isThere = typeof fingerprint === 'object' && fingerprint !== null;
  if (!isThere || !Object.values(fingerprint).every((text) => typeof text === 'string')) {
    throw new Error('it does not say which training it belongs to.');
  }
  return fingerprint as Fingerprint;
}
