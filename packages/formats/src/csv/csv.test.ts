import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvError, decodeCsv, encodeCsv } from './csv.js';

const rows = [
  ['name', 'a "quoted" word', ''],
  ['a, b', 'two\r\nlines', ' spaces '],
  ['', '', ''],
  ['=1+1', 'é', '-0.5'],
];

describe.each(['\n', '\r\n'] as const)('CSV with lines that end in %j', (newline) => {
  test('gives back its rows', () => {
    expect(decodeCsv(encodeCsv(rows, newline))).toEqual(rows);
  });

  test('gives back a column with an empty cell at its end', () => {
    expect(decodeCsv(encodeCsv([['a'], [''], ['b'], ['']], newline))).toEqual([['a'], [''], ['b'], ['']]);
  });
});

describe('CSV', () => {
  test('numbers, truth values and nothing are written as their texts', () => {
    expect(
      encodeCsv([
        ['a', 'b', 'c'],
        [1.5, true, null],
        [-0, Number.NaN, undefined],
      ]),
    ).toBe('a,b,c\r\n1.5,true,\r\n0,NaN,\r\n');
    expect(encodeCsv([])).toBe('');
  });

  test('a last line needs no end, and a byte order mark is passed over', () => {
    expect(decodeCsv('\ufeffa,b\n1,2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(decodeCsv('')).toEqual([]);
  });

  test('lines may end in several ways, and line ends within quotes stay what they are', () => {
    const ends = fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(ends, ends, (after, within) => {
        const rows = within.map((end, row) => [`${row}`, `a${end}b`]);
        const text = rows.map(([one, other], row) => `${one},"${other}"${after[row]}`).join('');
        expect(decodeCsv(text)).toEqual(rows);
        expect(decodeCsv(after.map((end, row) => `${row}${end}`).join(''))).toEqual(rows.map(([one]) => [one]));
      }),
    );
  });

  test('refuses what is no table, naming the row', () => {
    expect(() => decodeCsv('a,b\n1,2,3\n')).toThrow('Row 2 has 3 cells, but the first has 2.');
    expect(() => decodeCsv('a,b\n1,2\n\n')).toThrow('Row 3 has 1 cells');
    expect(() => decodeCsv('a,b\n1,"2\n')).toThrow('Row 2 has a quote that is not closed');
    expect(() => decodeCsv('a,b\n"1"x,2\n')).toThrow(CsvError);
  });
});
