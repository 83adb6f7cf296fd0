import { dtypes, type SafetensorsTensor } from './dtypes.js';
import { SafetensorsError } from './error.js';

/** Elements that need the widest alignment come first, then the order of the names, as the format's own writer has it. */
function inOrder(tensors: ReadonlyMap<string, SafetensorsTensor>): [string, SafetensorsTensor][] {
  return [...tensors].sort(
    ([nameA, a], [nameB, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1),
  );
}

/**
 * A safetensors file: the header's length as 8 bytes, the header as JSON padded to a multiple of 8, the elements in
 * little-endian order.
 *
 * @param tensors  by name; wider dtypes are written first, those of one width in the order of their names
 * @param metadata texts by name
 * @throws SafetensorsError if a tensor's data do not fit its dtype or shape, or a name is reserved
 * @see https://github.com/huggingface/safetensors, section "Format"
 * @example
 * const tensors = new Map([['x', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as const]]);
 * encodeSafetensors(tensors, { author: 'me' }).length % 8; // 0
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', checkMetadata(metadata)]);
  const ordered = inOrder(tensors);
  let size = 0;
  for (const [name, tensor] of ordered) {
    checkTensor(name, tensor);
    const { dtype, shape, data } = tensor;
    entries.push([name, { dtype, shape, data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + padded);
  let at = 8 + padded;
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function checkMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new SafetensorsError(`metadata '${key}' is ${String(value)}; the format knows texts only.`);
    }
  }
  return metadata;
}

function checkTensor(name: string, { dtype, shape, data }: SafetensorsTensor): void {
  if (name === '__metadata__') throw new SafetensorsError("a tensor cannot be named '__metadata__'.");
  if (!Object.hasOwn(dtypes, dtype) || !(data instanceof dtypes[dtype])) {
    throw new SafetensorsError(`tensor '${name}' of dtype ${dtype} cannot be held by a ${data.constructor.name}.`);
  }
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) || length !== data.length) {
    throw new SafetensorsError(`tensor '${name}' has ${data.length} elements, which do not fill [${shape.join(',')}].`);
  }
}
