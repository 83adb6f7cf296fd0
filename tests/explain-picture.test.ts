import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const PICTURE = fileURLToPath(new URL('../docs/images/explain.svg', import.meta.url));
const COMMAND = fileURLToPath(new URL('../packages/cli/bin/weft.js', import.meta.url));

/** Names of passes and stages: numbers change with every better pass, and the picture need not be drawn anew for them. */
const namesIn = (lines: readonly string[]) =>
  lines.flatMap(
    (line) => /^ {2}([a-z][a-z\d-]*) +\d|^ {3}\d ([a-z\d -]+?) {2}/.exec(line)?.slice(1).filter(Boolean) ?? [],
  );

it('the picture in the documentation shows the passes and stages that weft explain prints', () => {
  const svg = readFileSync(PICTURE, 'utf8');
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
  const output = execFileSync(process.execPath, [COMMAND, 'explain'], { encoding: 'utf8' });
  const names = namesIn(output.split('\n'));
  expect(names).toEqual(expect.arrayContaining(['trace', 'fuse', 'phase 1', 'end']));
  const shown = texts.map((text) => text.replace(/^\d /, ''));
  const advice = 'Build, and run node scripts/explain-picture.js.';
  expect(
    names.filter((name) => !shown.includes(name)),
    advice,
  ).toEqual([]);
  expect(statSync(PICTURE).size).toBeLessThan(200_000);
});
