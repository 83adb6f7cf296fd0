import { readFileSync } from 'node:fs';
import { Dense, Sequential } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  SafetensorsError,
  type SafetensorsTensor,
  safetensorsFloats,
  setWeights,
} from '../index.js';
import { dtypes, type SafetensorsDType } from './dtypes.js';

const name = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('__proto__', '1', 'é"\\', 'a/b', 'constructor'));
const anyTensor: fc.Arbitrary<SafetensorsTensor> = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(dtypes) as SafetensorsDType[])),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    seed: fc.uint8Array({ minLength: 216, maxLength: 216 }),
  })
  .map(({ dtype, shape, seed }) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const bytes = seed.slice(0, length * dtypes[dtype].BYTES_PER_ELEMENT);
    return { dtype, shape, data: new dtypes[dtype](bytes.buffer) };
  });
const contents = fc.record({
  tensors: fc.array(fc.tuple(name, anyTensor), { maxLength: 4 }).map((entries) => new Map(entries)),
  metadata: fc.dictionary(name, fc.string()),
});

/** A file with any header over some bytes of data. */
function fileOf(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + encoded.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(encoded.length), true);
  bytes.set(encoded, 8);
  bytes.set(data, 8 + encoded.length);
  return bytes;
}

/** The contents, or the SafetensorsError; anything else is thrown on. */
function attempt(bytes: Uint8Array) {
  try {
    return decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof SafetensorsError) return error;
    throw error;
  }
}

test('what is decoded is what was encoded, bit for bit', () => {
  fc.assert(
    fc.property(contents, ({ tensors, metadata }) => {
      const bytes = encodeSafetensors(tensors, metadata);
      const decoded = decodeSafetensors(bytes);
      expect(new Map(decoded.tensors)).toEqual(tensors);
      expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
      expect(encodeSafetensors(decoded.tensors, decoded.metadata)).toEqual(bytes);
    }),
  );
});

test('every tensor begins at a multiple of its elements, from a header whose end is a multiple of 8', () => {
  fc.assert(
    fc.property(contents, ({ tensors, metadata }) => {
      const bytes = encodeSafetensors(tensors, metadata);
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(length % 8).toBe(0);
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
      for (const [name, { dtype }] of tensors) {
        const [begin] = header[name].data_offsets;
        expect(begin % dtypes[dtype].BYTES_PER_ELEMENT).toBe(0);
      }
    }),
  );
});

test('a file written by Python is read, and written again with the same bytes', () => {
  const bytes = readFileSync(new URL('../../../core/test/fixtures/cae.safetensors', import.meta.url));
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(tensors.get('images')?.shape).toEqual([64, 28, 28, 1]);
  expect(Buffer.compare(encodeSafetensors(tensors, metadata), bytes)).toBe(0);
});

test('the bytes do not depend on the order in which tensors were given', () => {
  const f32 = (value: number): SafetensorsTensor => ({ dtype: 'F32', shape: [1], data: Float32Array.of(value) });
  const bytes = encodeSafetensors(
    new Map([
      ['b/kernel', f32(2)],
      ['a/bias', f32(1)],
    ]),
  );
  expect(bytes).toEqual(
    encodeSafetensors(
      new Map([
        ['a/bias', f32(1)],
        ['b/kernel', f32(2)],
      ]),
    ),
  );
  expect([...new Float32Array(bytes.slice(-8).buffer)]).toEqual([1, 2]);
});

describe('a damaged file is refused with a SafetensorsError and nothing else', () => {
  const bytes = encodeSafetensors(
    new Map<string, SafetensorsTensor>([
      ['conv/kernel', { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) }],
      ['conv/bias', { dtype: 'U8', shape: [], data: new Uint8Array(1) }],
    ]),
    { note: 'a "quoted" text' },
  );

  test('cut short anywhere, it says so', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(/^the file is cut short: /);
    }
  });

  test('with bytes put after the end', () => {
    const longer = new Uint8Array(bytes.length + 3);
    longer.set(bytes);
    expect(() => decodeSafetensors(longer)).toThrow('3 bytes follow the last tensor and belong to none.');
  });

  test('with any bytes changed', () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        attempt(changed);
      }),
      { numRuns: 2000 },
    );
  });

  test('with any piece of the header replaced', () => {
    const header = new TextDecoder().decode(bytes.subarray(8, bytes.length - 25));
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '1e400',
      '-1',
      '1.5',
      'null',
      '""',
      '\u0000',
      '9007199254740993',
    );
    fc.assert(
      fc.property(fc.nat(header.length), fc.nat(4), piece, (at, removed, inserted) => {
        attempt(fileOf(header.slice(0, at) + inserted + header.slice(at + removed), new Uint8Array(25)));
      }),
      { numRuns: 2000 },
    );
  });

  test('or made of random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (random) => void attempt(random)));
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 8 }), (json, data) => void attempt(fileOf(json, data))),
    );
  });

  test('or of a header nested very deeply', () => {
    attempt(fileOf(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`));
    attempt(fileOf(`{"a":`.repeat(100_000)));
  });
});

describe('every fault is named', () => {
  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  const faults: [string, Uint8Array, string][] = [
    ['length of the header', huge, 'the header is said to be 9223372036854775808 bytes long'],
    ['UTF-8', Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff, 0x7d), 'the header is not valid UTF-8'],
    ['first character', fileOf(' {}'), 'the header does not begin with {'],
    ['byte order mark', fileOf('\ufeff{}'), 'the header does not begin with {'],
    ['JSON', fileOf('{"a":}'), 'the header is not valid JSON'],
    [
      'duplicate tensor',
      fileOf(`{"a":${JSON.stringify(entry)},"\\u0061":${JSON.stringify(entry)}}`),
      "names 'a' twice",
    ],
    [
      'duplicate field',
      fileOf('{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      "names 'dtype' twice",
    ],
    ['metadata', fileOf({ __metadata__: [] }), '__metadata__ is not an object'],
    ['metadata value', fileOf({ __metadata__: { a: 1 } }), "__metadata__: 'a' is not a string"],
    ['entry', fileOf({ a: [] }), "tensor 'a' is not described by an object"],
    ['field', fileOf({ a: { ...entry, x: 1 } }), "tensor 'a' has 'x', which the format does not know"],
    ['dtype', fileOf({ a: { ...entry, dtype: 'F31' } }), 'tensor \'a\' has the dtype "F31"; known are F64, F32,'],
    ['inherited dtype', fileOf({ a: { ...entry, dtype: 'toString' } }), 'has the dtype "toString"'],
    ['shape', fileOf({ a: { ...entry, shape: [-1] } }), "tensor 'a' has the shape [-1]"],
    ['offsets', fileOf({ a: { ...entry, data_offsets: [4, 0] } }), "tensor 'a' has the offsets [4,0]"],
    ['missing offsets', fileOf({ a: { dtype: 'F32', shape: [1] } }), "tensor 'a' has the offsets undefined"],
    ['size', fileOf({ a: { ...entry, shape: [2] } }), "tensor 'a' takes 4 bytes, but F32 of shape [2] takes 8"],
    [
      'overflow',
      fileOf({ a: { ...entry, shape: [2 ** 30, 2 ** 30] } }),
      "tensor 'a' of shape [1073741824,1073741824] is too",
    ],
    [
      'gap',
      fileOf({ a: { ...entry, data_offsets: [4, 8] } }, new Uint8Array(8)),
      "bytes 0 to 4 of the data, before tensor 'a'",
    ],
    [
      'overlap',
      fileOf({ a: entry, b: { ...entry, data_offsets: [2, 6] } }, new Uint8Array(6)),
      "tensor 'b' begins at byte 2 of the data, inside of the one that ends at 4",
    ],
    [
      'cut data',
      fileOf({ a: entry }, new Uint8Array(3)),
      'the file is cut short: its tensors take 4 bytes, of which 3 are there',
    ],
  ];
  test.each(faults)('%s', (_fault, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });
});

test('one key in different objects, or a text that looks like a key, is no duplicate', () => {
  const a = { dtype: 'U8', shape: [0], data_offsets: [0, 0] };
  const decoded = decodeSafetensors(fileOf({ __metadata__: { a: '"a":1,"a":2', b: 'a' }, a, b: a }));
  expect([...decoded.tensors.keys()]).toEqual(['a', 'b']);
});

test('what cannot be written is refused', () => {
  const data = Float32Array.of(1);
  const encode = (name: string, tensor: object, metadata = {}) => {
    return () => encodeSafetensors(new Map([[name, tensor as SafetensorsTensor]]), metadata);
  };
  expect(encode('a', { dtype: 'F64', shape: [1], data })).toThrow(
    "tensor 'a' of dtype F64 cannot be held by a Float32Array",
  );
  expect(encode('a', { dtype: 'F32', shape: [2], data })).toThrow("tensor 'a' has 1 elements, which do not fill [2]");
  expect(encode('__metadata__', { dtype: 'F32', shape: [1], data })).toThrow(SafetensorsError);
  expect(encode('a', { dtype: 'F32', shape: [1], data }, { epoch: 3 })).toThrow("metadata 'epoch' is 3");
});

describe('what a file says may be long or deep, and messages about it are neither', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
  const long = JSON.stringify(new Array(50_000).fill(7));
  const name = 'n'.repeat(50_000);
  const member = (key: string, value: string) =>
    fileOf(
      JSON.stringify({ a: { dtype: 'U8', shape: [], data_offsets: [0, 0], [key]: 0 } }).replace(
        `"${key}":0`,
        `"${key}":${value}`,
      ),
    );

  test.each<readonly [string, Uint8Array]>([
    ...['dtype', 'shape', 'data_offsets'].flatMap((key): [string, Uint8Array][] => [
      [`${key}, deep`, member(key, deep)],
      [`${key}, deep in an array`, member(key, `[${deep}]`)],
      [`${key}, long`, member(key, long)],
    ]),
    ['a tensor that is no object', fileOf({ [name]: 7 })],
    ['a name that is there twice', fileOf(`{"${name}":7,"${name}":7}`)],
    ['a key that is not known', fileOf({ a: { dtype: 'U8', shape: [], data_offsets: [0, 1], [name]: 1 } })],
    ['metadata', fileOf({ __metadata__: { [name]: 7 } })],
  ])('%s', (_what, bytes) => {
    const error = attempt(bytes);
    expect(error).toBeInstanceOf(SafetensorsError);
    expect((error as Error).message.length).toBeLessThan(600);
  });
});

describe('half floats', () => {
  const read = () => JSON.parse(readFileSync(new URL('../../test/fixtures/halves.json', import.meta.url), 'utf8'));

  test.each(['F16', 'BF16'])('of type %s are the numbers that PyTorch has written', (dtype) => {
    const { base64, values } = read();
    const tensor = decodeSafetensors(Buffer.from(base64, 'base64')).tensors.get(dtype) as SafetensorsTensor;
    expect(tensor).toMatchObject({ dtype, shape: [2, 4], data: expect.any(Uint16Array) });
    expect(safetensorsFloats(tensor)).toEqual(Float32Array.from(values[dtype]));
  });

  test('become the weights of a model; other types do not', () => {
    const { base64, values } = read();
    const halves = decodeSafetensors(Buffer.from(base64, 'base64')).tensors;
    const dense = new Sequential([new Dense({ units: 4, useBias: false, name: 'd' })], { inputShape: [2] });
    for (const dtype of ['F16', 'BF16']) {
      setWeights(dense, encodeSafetensors(new Map([['d/kernel', halves.get(dtype) as SafetensorsTensor]])));
      expect(dense.weights[0].data).toEqual(Float32Array.from(values[dtype]));
    }
    const whole = { dtype: 'I16', shape: [2, 4], data: new Int16Array(8) } as const;
    expect(() => setWeights(dense, encodeSafetensors(new Map([['d/kernel', whole]])))).toThrow(
      'd/kernel is I16 [2,4]; expected F32 [2,4].',
    );
    const other = { dtype: 'F16', shape: [4, 2], data: new Uint16Array(8) } as const;
    expect(() => setWeights(dense, encodeSafetensors(new Map([['d/kernel', other]])))).toThrow('F16 [4,2]');
    expect(() => safetensorsFloats(whole)).toThrow('a tensor has dtype I16; expected F32, F16, BF16.');
  });
});
