import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeImage, type ImageError } from '../src/index.js';

interface Case {
  name: string;
  channels: number;
  depth: number;
  file: string;
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/pictures.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  refused: { name: string; code: string; file: string }[];
};
const page = readFileSync(new URL('../../../docs/PICTURES.md', import.meta.url), 'utf8');

/** Cells of the table below a heading. */
function rowsOf(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1].split('\n## ')[0];
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
/** A case without how it is stored. */
const kindOf = (name: string) =>
  name.replace(
    /, (interlaced|progressive|\d+ bits?|by Pillow|lzw|deflate|packbits|differences|tiles|\w+ endian|LZW of \w+)|(?<=orientation) \d/g,
    '',
  );

describe('docs/PICTURES.md', () => {
  it('names all files that are read, with their channels and bits', () => {
    const kinds = new Map<string, Case[]>();
    for (const each of fixture.cases) kinds.set(kindOf(each.name), [...(kinds.get(kindOf(each.name)) ?? []), each]);
    const sorted = (values: number[]) => [...new Set(values)].sort((a, b) => a - b).join(', ');
    const expected = [...kinds].map(([kind, cases]) => [
      kind,
      sorted(cases.map(({ channels }) => channels)),
      sorted(cases.map(({ depth }) => depth)),
    ]);
    const rows = rowsOf('What is read').map(([kind, , channels, bits]) => [kind, channels, bits]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  /** Files that need no fixture. */
  const made: Record<string, Uint8Array> = {
    'an empty file': new Uint8Array(0),
    'a text': Uint8Array.from(Buffer.from('a text, and no picture')),
    'JPEG, arithmetic': withFrame(0xc9),
    'JPEG, hierarchical': withFrame(0xc5),
    AVIF: Uint8Array.from(Buffer.from('\0\0\0\x1cftypavif')),
    HEIC: Uint8Array.from(Buffer.from('\0\0\0\x1cftypheic')),
  };

  function withFrame(marker: number): Uint8Array {
    const file = bytesOf(fixture.cases.find(({ name }) => name === 'JPEG, 4:2:0')?.file as string);
    file[Buffer.from(file).indexOf(Buffer.of(0xff, 0xc0)) + 1] = marker;
    return file;
  }

  it('names all files that are refused, with the code and the sentence', () => {
    const files = { ...made, ...Object.fromEntries(fixture.refused.map(({ name, file }) => [name, bytesOf(file)])) };
    const refusals = Object.entries(files).map(([name, bytes]) => {
      try {
        decodeImage(bytes);
      } catch (error) {
        const { code, message } = error as ImageError;
        return [name, `\`${code}\``, message];
      }
      return [name, 'read'];
    });
    expect(rowsOf('What is refused').sort()).toEqual(refusals.sort());
  });
});
