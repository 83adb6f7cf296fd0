import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeExploration,
  decodeSafetensors,
  type Exploration,
  ExplorationError,
  encodeExploration,
  encodeSafetensors,
  type SafetensorsTensor,
} from '../index.js';

const floats = (length: number, bounds: { min?: number; max?: number } = {}) =>
  fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true, ...bounds });
const bytes = (length: number, max = 255) => fc.uint8Array({ minLength: length, maxLength: length, max });

const sizes = fc.record({
  count: fc.integer({ min: 2, max: 6 }),
  height: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 3 }),
  channels: fc.constantFrom(1, 3, 4),
  latentShape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  k: fc.integer({ min: 1, max: 4 }),
  m: fc.integer({ min: 0, max: 3 }),
  classNames: fc.array(fc.string(), { maxLength: 3 }),
  hasInputs: fc.boolean(),
  hasDecoder: fc.boolean(),
});

/** Any exploration that can be. */
const explorations: fc.Arbitrary<Exploration> = sizes.chain((size) => {
  const { count, height, width, channels, latentShape, k, classNames } = size;
  const d = latentShape.reduce((product, length) => product * length, 1);
  const m = Math.min(size.m, count - 1);
  const pixels = count * height * width * channels;
  const arrays = {
    errors: floats(count, { min: 0 }),
    mean: floats(d),
    components: floats(k * d),
    explainedVarianceRatio: floats(k, { min: 0, max: 1 }),
    scores: floats(count * k),
    neighbours: fc
      .array(fc.integer({ min: 1, max: count - 1 }), { minLength: count * m, maxLength: count * m })
      // So many places behind the image itself.
      .map((steps) => Uint32Array.from(steps, (step, at) => (Math.floor(at / m) + step) % count)),
    originals: bytes(pixels),
    reconstructions: bytes(pixels),
    ...(size.hasInputs && { inputs: bytes(pixels), noise: fc.constant('gaussian:0.4') }),
    ...(classNames.length > 0 && { labels: bytes(count, classNames.length - 1) }),
    ...(size.hasDecoder && { decoder: bytes(9) }),
  };
  const facts = { model: fc.string(), title: fc.string(), run: fc.string(), dataset: fc.string() };
  const rest = { synthetic: fc.boolean(), weightsSha256: fc.string() };
  const known = { count, height, width, channels, latentShape, classNames };
  return fc.record({ ...arrays, ...facts, ...rest }).map((drawn) => ({ ...known, ...drawn }) as Exploration);
});

/** The least that there can be. */
const smallest: Exploration = {
  ...{ model: 'cae', title: 'CAE', run: 'r', dataset: 'drawn', synthetic: false, weightsSha256: 'f00' },
  ...{ classNames: ['a', 'b'], latentShape: [3], count: 2, height: 1, width: 2, channels: 1 },
  labels: Uint8Array.of(0, 1),
  errors: Float32Array.of(0.5, 0.25),
  mean: Float32Array.of(1, 2, 3),
  components: Float32Array.of(1, 0, 0),
  explainedVarianceRatio: Float32Array.of(1),
  scores: Float32Array.of(-1, 1),
  neighbours: Uint32Array.of(1, 0),
  originals: Uint8Array.of(1, 2, 3, 4),
  reconstructions: Uint8Array.of(5, 6, 7, 8),
};

test('what is decoded is what was encoded', () => {
  fc.assert(
    fc.property(explorations, (exploration) => {
      expect(decodeExploration(encodeExploration(exploration))).toEqual(exploration);
    }),
  );
});

test('the same exploration has the same bytes, in whatever order its parts were given', () => {
  const turned = Object.fromEntries(Object.entries(smallest).reverse()) as unknown as Exploration;
  expect(decodeExploration(encodeExploration(turned))).toEqual(smallest);
  expect(encodeExploration(turned)).toEqual(encodeExploration(smallest));
});

/** The file with some of its tensors and texts replaced. */
function changed(
  tensors: Readonly<Record<string, SafetensorsTensor | undefined>>,
  facts: object = {},
  texts: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { tensors: own, metadata } = decodeSafetensors(encodeExploration(smallest));
  const entries = Object.entries({ ...Object.fromEntries(own), ...tensors }).filter(([, tensor]) => tensor);
  return encodeSafetensors(new Map(entries as [string, SafetensorsTensor][]), {
    ...metadata,
    'weft.facts': JSON.stringify({ ...JSON.parse(metadata['weft.facts']), ...facts }),
    ...texts,
  });
}
const f32 = (shape: number[], ...data: number[]): SafetensorsTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(data),
});
const u8 = (shape: number[], ...data: number[]): SafetensorsTensor => ({
  dtype: 'U8',
  shape,
  data: Uint8Array.from(data),
});
const u32 = (shape: number[], ...data: number[]): SafetensorsTensor => ({
  dtype: 'U32',
  shape,
  data: Uint32Array.from(data),
});

describe('a file is refused by a sentence', () => {
  test.each<[string, Uint8Array, string]>([
    ['of something else', encodeSafetensors(new Map()), 'this is no exploration. Give a file that weft explore'],
    ['that is no safetensors', new Uint8Array(3), 'the file is cut short: it has 3 bytes'],
    ['of a later version', changed({}, {}, { 'weft.exploration': '2' }), 'has format version 2; this Weft reads 1.'],
    ['whose facts are no JSON', changed({}, {}, { 'weft.facts': '{' }), 'its weft.facts are no JSON.'],
    ['whose facts are a list', changed({}, {}, { 'weft.facts': '[1]' }), 'its weft.facts are [1], expected an object.'],
    ['without scores', changed({ scores: undefined }), 'the tensor scores is missing.'],
    ['of scores that are bytes', changed({ scores: u8([2, 1], 0, 0) }), 'scores is U8 [2,1], expected F32 of 2 axes.'],
    ['of flat images', changed({ originals: u8([4], 1, 2, 3, 4) }), 'originals is U8 [4], expected U8 of 4 axes.'],
    ['with a score too many', changed({ scores: f32([3, 1], 1, 2, 3) }), 'scores has the shape [3,1], expected [2,1].'],
    ['of turned scores', changed({ scores: f32([1, 2], 1, 2) }), 'scores has the shape [1,2], expected [2,1].'],
    ['of turned images', changed({ reconstructions: u8([2, 2, 1, 1], 1, 2, 3, 4) }), 'expected [2,1,2,1].'],
    ['with NaN for a score', changed({ scores: f32([2, 1], 1, Number.NaN) }), 'scores has NaN at 1, expected finite'],
    ['with an infinite mean', changed({ mean: f32([3], 1, Infinity, 0) }), 'mean has Infinity at 1, expected finite'],
    ['with an error below 0', changed({ errors: f32([2], 0, -1) }), 'the error of image 1 is -1, expected'],
    [
      'with too much variance',
      changed({ explainedVarianceRatio: f32([1], 1.5) }),
      'component 0 has 1.5 of the variance',
    ],
    ['with a neighbour out of range', changed({ neighbours: u32([2, 1], 2, 0) }), 'image 0 has 2 for a neighbour'],
    ['with an image as its own neighbour', changed({ neighbours: u32([2, 1], 0, 0) }), 'image 0 has 0 for a neighbour'],
    ['with all images as neighbours', changed({ neighbours: u32([2, 2], 1, 1, 0, 0) }), 'it has 4 neighbours of 2'],
    ['with a label without a name', changed({ labels: u8([2], 0, 2) }), 'label 1 is 2, expected a number below the 2'],
    ['with names without labels', changed({ labels: undefined }), 'it has class names but no labels.'],
    ['with labels without names', changed({}, { classNames: [] }), 'it has labels but no class names.'],
    ['with a name that is none', changed({}, { classNames: ['a', 7] }), 'class name 1 is 7, expected a text'],
    ['with a long title', changed({}, { title: 'x'.repeat(1001) }), 'title is "xxxx'],
    ['with latents of another shape', changed({}, { latentShape: [2, 2] }), 'shape [2,2] has 4.'],
    [
      'of five channels',
      changed({ originals: u8([2, 1, 1, 2], 1, 2, 3, 4), reconstructions: u8([2, 1, 1, 2], 1, 2, 3, 4) }),
      'the images have 2 channels, expected 1, 3 or 4.',
    ],
    ['of one image', changed({ originals: u8([1, 1, 2, 1], 1, 2) }), 'expected [1,1].'],
  ])('%s', (_, file, message) => {
    expect(() => decodeExploration(file, 'my.safetensors')).toThrow(ExplorationError);
    expect(() => decodeExploration(file, 'my.safetensors')).toThrow(message);
    expect(() => decodeExploration(file, 'my.safetensors')).toThrow(/^my\.safetensors: /);
  });

  test('any byte of it changed: it is read or refused, and never anything else', () => {
    const file = encodeExploration(smallest);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const damaged = file.slice();
        damaged[at] ^= by;
        try {
          encodeExploration(decodeExploration(damaged));
        } catch (error) {
          expect(error).toBeInstanceOf(ExplorationError);
          expect((error as Error).message.length).toBeLessThan(1000);
        }
      }),
    );
  });
});

test('what could not be read is not written', () => {
  const refuse = (change: object) => expect(() => encodeExploration({ ...smallest, ...change } as Exploration));
  refuse({ scores: [1, 2] }).toThrow('scores is [1,2], expected a Float32Array.');
  refuse({ errors: undefined }).toThrow('errors is undefined, expected a Float32Array.');
  refuse({ errors: Float32Array.of(1) }).toThrow('errors has 1 values, expected 2.');
  refuse({ synthetic: 'no' }).toThrow('synthetic is "no", expected true or false.');
  refuse({ explainedVarianceRatio: new Float32Array(51) }).toThrow('it has 51 components, expected 1 to 50.');
});
