import { expect, test } from 'vitest';
import { checkDigests } from './settle.js';

test('workers that hold the same pass; one that does not is named, and what to do is said', () => {
  const same = 'a'.repeat(64);
  checkDigests(
    new Map([
      ['one', same],
      ['two', same],
    ]),
  );
  const check = () =>
    checkDigests(
      new Map([
        ['one', same],
        ['two', 'b'.repeat(64)],
        ['three', same],
      ]),
    );
  expect(check).toThrow('SHA-256 one, three aaaaaaaaaaaa...; two bbbbbbbbbbbb...');
  expect(check).toThrow('--resume');
});
