import { expect, it } from 'vitest';

/** What is done wrong, and the error that says so. */
export type Mistakes = readonly (readonly [
  what: string,
  call: () => unknown,
  type: new () => Error,
  message: RegExp,
])[];

/** A test for each mistake. */
export function refuse(mistakes: Mistakes): void {
  it.each(mistakes)('%s', (_what, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
}
