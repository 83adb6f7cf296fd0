import { describe, expect, test } from 'vitest';
import { Limited } from './limited.js';

/** Work that ends when it is told. */
function held() {
  let end = (_error?: Error) => {};
  const promise = new Promise<void>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve());
  });
  return { end, work: () => promise };
}

describe('Limited', () => {
  test('begins no more than so many pieces at a time', async () => {
    const limited = new Limited(2);
    const pieces = [held(), held(), held()];
    const begun: number[] = [];
    const all = pieces.map(({ work }, which) =>
      limited.begin(() => {
        begun.push(which);
        return work();
      }),
    );
    await Promise.all(all.slice(0, 2));
    expect(begun).toEqual([0, 1]);
    pieces[1].end();
    await all[2];
    expect(begun).toEqual([0, 1, 2]);
    pieces[0].end();
    pieces[2].end();
    await limited.settle();
    limited.throwFailure();
  });

  test('hands on the first failure at the next piece, and when all have ended', async () => {
    const limited = new Limited(1);
    const [failing, other] = [held(), held()];
    await limited.begin(failing.work);
    failing.end(new Error('disk full'));
    await expect(limited.begin(other.work)).rejects.toThrow('disk full');
    await limited.settle();
    expect(() => limited.throwFailure()).toThrow('disk full');
  });
});
