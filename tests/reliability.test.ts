import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The files that the page's names stand for. */
const FILES: Readonly<Record<string, string>> = {
  cli: 'packages/cli/test/faults.test.ts',
  resume: 'packages/cli/test/resume.test.ts',
  interrupt: 'packages/cli/test/interrupt.test.ts',
  output: 'packages/cli/test/output.test.ts',
  lock: 'packages/cli/src/run/lock.test.ts',
  checkpoints: 'packages/pool/test/damaged-checkpoints.test.ts',
  kill: 'tests/kill.test.ts',
};

const [, section] = read('docs/RELIABILITY.md').split('\n## Faults\n');
const rows = section
  .split('\n## ')[0]
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (Fault|-)/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );

/** The sources from which messages come. */
const sources = ['cli', 'train', 'pool', 'data']
  .map((name) => join('packages', name, 'src'))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((file) => join(folder, String(file))))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map(read)
  .join('\n');

describe('the table of faults', () => {
  it('has the faults that the tests cause', () => {
    expect(rows.length).toBeGreaterThan(15);
  });

  it.each(rows)('%s: the message is one of ours, and there is such a test', (_fault, _effect, message, _code, test) => {
    for (const [, part] of message.matchAll(/`([^`]+)`/g)) expect(sources).toContain(part);
    const [name, title] = test.split(': ');
    expect(read(FILES[name])).toContain(title);
  });
});
