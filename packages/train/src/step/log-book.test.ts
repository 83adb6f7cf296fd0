import { tensor } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { SharedMemory } from '../memory.js';
import type { Objective } from '../objective.js';
import { LogBook } from './log-book.js';

const loss = (name: string): Objective => {
  const number = tensor(0);
  return {
    loss: number,
    numbers: [number],
    logs: [{ name, value: ({ mean }) => mean(0) }],
    scores: [],
  };
};

/** A book of two steps, of three examples and of one, with numbers by objective and step. */
function bookOf(names: readonly string[], numbers: readonly (readonly number[])[]): LogBook {
  const batches = [
    { begin: 0, count: 3 },
    { begin: 3, count: 1 },
  ];
  const book = new LogBook(new SharedMemory(), names.map(loss), batches);
  const empty = { numbers: Float64Array.from(numbers.flat()), scores: new Float32Array(0) };
  book.restore(2, empty);
  return book;
}

describe('the logs of several updates', () => {
  it('have the sum of their losses as loss, in a step and in an epoch', () => {
    const book = bookOf(
      ['judge_loss', 'maker_loss'],
      [
        [1, 5],
        [10, 20],
      ],
    );
    expect(book.names).toEqual(['loss', 'judge_loss', 'maker_loss']);
    expect([book.loss(0), book.loss(1)]).toEqual([11, 25]);
    expect(book.logs()).toEqual({ loss: 14.5, judge_loss: 2, maker_loss: 12.5 });
  });

  it('have no second loss where there is one update', () => {
    const book = bookOf(['loss'], [[1, 5]]);
    expect(book.names).toEqual(['loss']);
    expect(book.loss(1)).toBe(5);
    expect(book.logs()).toEqual({ loss: 2 });
  });

  it('cannot have two losses of one name', () => {
    const numbers = [
      [1, 5],
      [1, 5],
    ];
    expect(() => bookOf(['a_loss', 'a_loss'], numbers)).toThrow("'a_loss' is the name of two losses or metrics");
  });
});
