import { dtypes, type SafetensorsContents, type SafetensorsDType, type SafetensorsTensor } from './dtypes.js';
import { duplicateKey } from './duplicate-key.js';
import { SafetensorsError } from './error.js';
import { quoted, shown } from './shown.js';

/** The format's own limit, which keeps a reader from parsing what cannot be a header. */
const LARGEST_HEADER = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function fail(message: string): never {
  throw new SafetensorsError(message);
}

/**
 * The tensors and the metadata of a safetensors file. Nothing in it is trusted: no more is allocated than the file
 * is long, and every fault is found before a tensor is read.
 *
 * @param bytes the whole file
 * @throws SafetensorsError naming what is wrong
 * @see https://github.com/huggingface/safetensors, section "Format"
 * @example
 * const bytes = encodeSafetensors(new Map([['x', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]));
 * decodeSafetensors(bytes).tensors.get('x')?.data; // [1, 2]
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContents {
  const { header, data } = split(bytes);
  const metadata = readMetadata(header.__metadata__);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readEntry(name, entry));
  checkLayout(entries, data.length);
  const tensors = new Map<string, SafetensorsTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // Copied, since a typed array must begin at a multiple of its elements' size.
    const { buffer } = new Uint8Array(data.subarray(begin, end));
    tensors.set(name, { dtype, shape, data: new dtypes[dtype](buffer) });
  }
  return { tensors, metadata };
}

function split(bytes: Uint8Array): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) {
    fail(`the file is cut short: it has ${bytes.length} bytes, and the length of its header alone takes 8.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > LARGEST_HEADER) {
    fail(`the header is said to be ${length} bytes long; at most ${LARGEST_HEADER} are allowed. Is this safetensors?`);
  }
  const end = 8 + Number(length);
  if (end > bytes.length) {
    fail(`the file is cut short: its header ends at byte ${end}, the file at ${bytes.length}.`);
  }
  return { header: readHeader(bytes.subarray(8, end)), data: bytes.subarray(end) };
}

function readHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SafetensorsError('the header is not valid UTF-8.', { cause });
  }
  if (!text.startsWith('{')) fail('the header does not begin with {.');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw new SafetensorsError(`the header is not valid JSON: ${(cause as Error).message}`, { cause });
  }
  const repeated = duplicateKey(text);
  if (repeated !== undefined) fail(`the header names ${quoted(repeated)} twice.`);
  return header as Record<string, unknown>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readMetadata(metadata: unknown): Readonly<Record<string, string>> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata)) fail('__metadata__ is not an object.');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') fail(`__metadata__: ${quoted(key)} is not a string.`);
  }
  return metadata as Record<string, string>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) fail(`tensor ${quoted(name)} is not described by an object.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const unknown = Object.keys(entry).find((key) => !['dtype', 'shape', 'data_offsets'].includes(key));
  if (unknown !== undefined) fail(`tensor ${quoted(name)} has ${quoted(unknown)}, which the format does not know.`);
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypes, dtype)) {
    fail(`tensor ${quoted(name)} has the dtype ${shown(dtype)}; known are ${Object.keys(dtypes).join(', ')}.`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail(`tensor ${quoted(name)} has the shape ${shown(shape)}; expected whole numbers from 0.`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    fail(`tensor ${quoted(name)} has the offsets ${shown(offsets)}; expected [begin, end] with begin <= end.`);
  }
  const [begin, end] = offsets;
  const known = dtype as SafetensorsDType;
  let size: number = dtypes[known].BYTES_PER_ELEMENT;
  for (const length of shape) {
    size *= length;
    if (size > Number.MAX_SAFE_INTEGER) fail(`tensor ${quoted(name)} of shape ${shown(shape)} is too large to count.`);
  }
  if (end - begin !== size) {
    fail(`tensor ${quoted(name)} takes ${end - begin} bytes, but ${dtype} of shape ${shown(shape)} takes ${size}.`);
  }
  return { name, dtype: known, shape, begin, end };
}

/** The format asks for tensors without gaps or overlaps, from the first byte after the header to the last. */
function checkLayout(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < at)
      fail(`tensor ${quoted(name)} begins at byte ${begin} of the data, inside of the one that ends at ${at}.`);
    if (begin > at) fail(`bytes ${at} to ${begin} of the data, before tensor ${quoted(name)}, belong to no tensor.`);
    at = end;
  }
  if (at > length) fail(`the file is cut short: its tensors take ${at} bytes, of which ${length} are there.`);
  if (at < length) fail(`${length - at} bytes follow the last tensor and belong to none.`);
}
