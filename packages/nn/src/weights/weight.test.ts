import { table, zeros } from '@weft/core';
import { describe, expect, test } from 'vitest';
import { CallContext, Dense, input, Model, Sequential, Weight } from '../index.js';
import { initialValues } from './initializers.js';

const weight = (trainable = true) => new Weight({ name: 'w', shape: [2, 2], initializer: 'glorotUniform', trainable });

describe('a weight', () => {
  test('has one leaf that holds its data, until it is assigned', () => {
    const each = weight();
    const leaf = each.tensor;
    expect(each.tensor).toBe(leaf);
    expect(leaf.node.data[0]).toBe(each.data);
    const before = leaf.toArray();
    each.assign([1, 2, 3, 4]);
    expect([...each.data]).toEqual([1, 2, 3, 4]);
    expect(each.tensor).not.toBe(leaf);
    expect(leaf.toArray()).toEqual(before);
    expect([...each.tensor.toArray()]).toEqual([1, 2, 3, 4]);
  });

  test('keeps no array of others, and refuses more or fewer values', () => {
    const each = weight();
    const values = Float32Array.of(1, 2, 3, 4);
    each.assign(values);
    values[0] = 9;
    expect(each.data[0]).toBe(1);
    expect(() => each.assign([1])).toThrow('Weight.assign: got 1 values for a weight of [2,2], which has 4.');
  });
});

describe('first values', () => {
  const dense = () => new Dense({ units: 3, useBias: false });
  const drawn = (seed: number, index: number) => initialValues('glorotUniform', [3, 3], { seed, stream: 0, index });

  test('are decided by the largest model, in whatever order models are built', () => {
    const [a, b] = [dense(), dense()];
    const first = new Sequential([a], { inputShape: [3], seed: 1 });
    const second = new Sequential([b], { inputShape: [3], seed: 2 });
    const whole = new Sequential([first, second], { inputShape: [3], seed: 3 });
    new Sequential([b], { inputShape: [3], seed: 4 });
    expect(whole.weights.map(({ data }) => data)).toEqual([drawn(3, 0), drawn(3, 1)]);
    expect(second.weights[0].data).toBe(whole.weights[1].data);
  });

  test('stay once they have been drawn', () => {
    const layer = dense();
    const part = new Sequential([layer], { inputShape: [3], seed: 1 });
    const before = part.weights[0].data;
    const x = input({ shape: [3] });
    new Model({ inputs: x, outputs: dense().apply(layer.apply(x)), seed: 2 });
    expect(before).toEqual(drawn(1, 0));
    expect(part.weights[0].data).toBe(before);
  });
});

describe('a context', () => {
  test('knows what was renewed, also within', () => {
    const [state, other] = [weight(false), weight(false)];
    const context = new CallContext({ training: true });
    expect(context.valueOf(state)).toBe(state.tensor);
    const value = zeros([2, 2]);
    context.at('a').renew(state, value);
    expect(context.valueOf(state)).toBe(value);
    expect(context.at('b').valueOf(state)).toBe(value);
    expect(context.valueOf(other)).toBe(other.tensor);
    expect([...context.renewed]).toEqual([[state, value]]);
  });

  test('renews nothing that gradients train, and no other shapes', () => {
    const context = new CallContext({ training: true });
    expect(() => context.renew(weight(), zeros([2, 2]))).toThrow('Declare state with trainable: false');
    expect(() => context.renew(weight(false), zeros([4]))).toThrow('the weight is [2,2], but its new value [4]');
  });

  test('draws nothing without randomness, and checks its options', () => {
    expect(new CallContext({ training: true }).draw('x', 'uniform', [2])).toBeUndefined();
    expect(() => new CallContext({} as never)).toThrow('CallContext: training is undefined; expected true or false');
  });

  test('draws normal numbers from keys made for the examples at hand', () => {
    const keys = (examples: number) => table(new Uint32Array(2 * examples), [examples, 2]);
    const random = { seed: table(Uint32Array.of(5, 0)), keys };
    const draws = new CallContext({ training: true, random }).draw('x', 'normal', [3, 40])?.toArray() as Float32Array;
    // All rows have the same keys.
    expect(draws.slice(0, 40)).toEqual(draws.slice(40, 80));
    expect(draws.some((value) => value < 0)).toBe(true);
  });
});
