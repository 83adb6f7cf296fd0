import { asChannels, type Picture } from '@weft/data';
import { Activation, Sequential } from '@weft/nn';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PictureModel, pictureModel } from './picture-model.js';
import { type PreparedPicture, preparePicture } from './prepare-picture.js';
import { scaled } from './through-model.js';

/** A model of pictures; only its shape is looked at here. */
function modelOf(
  size: readonly [number, number],
  channels: number,
  wish: object = {},
  card: object = {},
): PictureModel {
  const model = new Sequential([new Activation({ activation: 'linear' })], { inputShape: [...size, channels] });
  return pictureModel(
    { path: 'm.safetensors', title: 'identity', model, card },
    { prepare: undefined, overlap: undefined, ...wish },
  );
}

/** What a model gives that gives back what it gets. */
function throughIdentity({ data }: PreparedPicture, { scale }: PictureModel): Float32Array {
  const values = new Float32Array(data.length);
  scaled(data, scale, values);
  return values;
}

const drawn = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => (Math.imul(i + 1, 2654435761 + 2 * seed) >>> 8) & 0xffff);

const anyPicture = fc
  .record({
    width: fc.integer({ min: 1, max: 33 }),
    height: fc.integer({ min: 1, max: 33 }),
    channels: fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
    depth: fc.constantFrom(8 as const, 16 as const),
    seed: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ seed, ...picture }): Picture => {
    const values = drawn(picture.width * picture.height * picture.channels, seed);
    return { ...picture, data: picture.depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values) };
  });

const anyChannels = fc.constantFrom(1 as const, 3 as const, 4 as const);

describe('through a model that is the identity a picture comes back exactly', () => {
  test('in tiles of any size and overlap, whatever its channels and bits and those of the model', () => {
    fc.assert(
      fc.property(
        anyPicture,
        anyChannels,
        fc.integer({ min: 1, max: 20 }),
        fc.nat(),
        (picture, channels, size, nat) => {
          const model = modelOf([size, size], channels, { prepare: 'tile', overlap: nat % size });
          const prepared = preparePicture(picture, model, 'kept');
          expect(prepared.data.length).toBe(prepared.count * size * size * channels);
          expect(prepared.restore(throughIdentity(prepared, model))).toEqual(picture);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('as it is, with another scale too', () => {
    fc.assert(
      fc.property(anyPicture, anyChannels, fc.constantFrom(1 / 255, 1, 1 / 127.5, 0.3), (picture, channels, scale) => {
        const model = modelOf([picture.height, picture.width], channels, {}, { scale });
        const prepared = preparePicture(picture, model, 'kept');
        expect(prepared.restore(throughIdentity(prepared, model))).toEqual(picture);
      }),
    );
  });

  test("in the form of training it comes back with the model's channels", () => {
    fc.assert(
      fc.property(anyPicture, anyChannels, fc.integer({ min: 1, max: 20 }), (picture, channels, size) => {
        const model = modelOf([size, size], channels, { prepare: 'tile' });
        const prepared = preparePicture(picture, model, 'trained');
        expect(prepared.restore(throughIdentity(prepared, model))).toEqual(asChannels(picture, channels));
      }),
    );
  });
});

describe('a model that takes resized pictures', () => {
  test("gives results of the picture's size, or of its own", () => {
    fc.assert(
      fc.property(
        anyPicture,
        anyChannels,
        fc.constantFrom('kept' as const, 'trained' as const),
        (picture, channels, form) => {
          const model = modelOf([7, 9], channels, {}, { resize: 'bilinear' });
          const prepared = preparePicture(picture, model, form);
          const outputs = throughIdentity(prepared, model);
          const { width, height, depth } = picture;
          const expected = form === 'kept' ? picture.channels : channels;
          expect(prepared.restore(outputs)).toMatchObject({ width, height, depth, channels: expected });
          expect(prepared.restore(outputs, 'model')).toMatchObject({ width: 9, height: 7, depth, channels: expected });
        },
      ),
    );
  });

  test('a picture of one colour stays one', () => {
    const picture: Picture = { width: 20, height: 5, channels: 3, depth: 8, data: new Uint8Array(300).fill(77) };
    const model = modelOf([8, 8], 1, { prepare: 'resize' });
    const prepared = preparePicture(picture, model, 'kept');
    expect(prepared.count).toBe(3);
    expect(prepared.restore(throughIdentity(prepared, model))).toEqual(picture);
  });
});

test('each colour goes through a grey model by itself', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const picture: Picture = { width: 2, height: 1, channels: 4, depth: 8, data };
  const prepared = preparePicture(picture, modelOf([1, 2], 1), 'kept');
  expect([...prepared.data]).toEqual([1, 5, 2, 6, 3, 7]);
  const half = Float32Array.from(prepared.data, (value) => value / 510);
  expect([...prepared.restore(half).data]).toEqual([1, 1, 2, 4, 3, 3, 4, 8]);
});

test('what lies outside black and white is cut off, and what is no number refused', () => {
  const picture: Picture = { width: 3, height: 1, channels: 1, depth: 8, data: Uint8Array.of(1, 2, 3) };
  const { restore } = preparePicture(picture, modelOf([1, 3], 1), 'kept');
  expect([...restore(Float32Array.of(-0.5, 7, Number.POSITIVE_INFINITY)).data]).toEqual([0, 255, 255]);
  expect(() => restore(Float32Array.of(0, Number.NaN, 0))).toThrow('no finite numbers');
});

describe('what does not fit is refused, with what to do', () => {
  const picture: Picture = { width: 3, height: 2, channels: 1, depth: 8, data: new Uint8Array(6) };
  test('another size', () => {
    expect(() => preparePicture(picture, modelOf([4, 4], 1), 'kept')).toThrow(
      'The picture has 2 x 3 pixels (height x width), but the model takes 4 x 4. Give --prepare resize to resize it, or --prepare tile',
    );
  });
  test('tiles that are not square, an overlap as large as a tile or without tiles', () => {
    expect(() => modelOf([4, 5], 1, { prepare: 'tile' })).toThrow('tiles are square');
    expect(() => modelOf([4, 4], 1, { prepare: 'tile', overlap: 4 })).toThrow('--overlap: got 4, expected less than');
    expect(() => modelOf([4, 4], 1, { overlap: 1 })).toThrow('takes whole pictures');
  });
  test('a model of something else', () => {
    expect(() => modelOf([4, 4], 2)).toThrow('expected images [height, width, channels]');
  });
});

test("the model's file says how pictures are prepared", () => {
  expect(modelOf([8, 8], 1).preparation).toEqual({ kind: 'exact' });
  expect(modelOf([8, 8], 1, {}, { resize: 'bilinear' }).preparation).toEqual({ kind: 'resize' });
  expect(modelOf([8, 8], 1, {}, { tile: 8, overlap: 3 }).preparation).toEqual({ kind: 'tile', overlap: 3 });
  expect(modelOf([8, 8], 1, { prepare: 'tile' }, { resize: 'bilinear' }).preparation).toEqual({
    kind: 'tile',
    overlap: 4,
  });
});
