import { expect, it } from 'vitest';
import { Admission } from './admission.js';

const join = (from: string) =>
  ({ from, view: 0, revision: 1, host: 'here', threads: 1, code: '1', numerics: 4 }) as const;

it('a refused worker stays refused, with its reason, and is new once', () => {
  const admission = new Admission({ code: '1', numerics: 4 });
  expect(admission.reasonAgainst(join('a'))).toBeUndefined();
  expect([admission.refuse('a', 'why'), admission.refuse('a', 'why')]).toEqual([true, false]);
  expect(admission.reasonAgainst(join('a'))).toBe('why');
});

it('names that somebody makes up fill no memory', () => {
  const admission = new Admission({ code: '1', numerics: 4 });
  for (let number = 0; number < 10_000; number++) admission.refuse(`worker-${number}`, 'why');
  expect(admission.refused.size).toBe(4096);
  expect(admission.reasonAgainst(join('worker-9999'))).toBe('why');
});

it('three failures, or one refusal, are enough', () => {
  const admission = new Admission({ code: '1', numerics: 4 });
  expect([1, 2, 3].map(() => admission.hasFailed('a', false))).toEqual([false, false, true]);
  expect(admission.hasFailed('b', true)).toBe(true);
});
