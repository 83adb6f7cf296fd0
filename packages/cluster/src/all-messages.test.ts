import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allMessages } from './all-messages.js';

it('has every group of messages that is defined anywhere', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const groups = files.flatMap((file) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    return [...text.matchAll(/^export const (\w+) = defineMessages\(/gm)].map(([, name]) => name);
  });
  const source = readFileSync(join(import.meta.dirname, 'all-messages.ts'), 'utf8');
  expect(groups.length).toBeGreaterThan(3);
  for (const group of groups) expect(source).toContain(`: ${group},`);
  expect(Object.keys(allMessages)).toHaveLength(groups.length);
});
