import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as core from '../packages/core/src/index.js';
import * as nn from '../packages/nn/src/index.js';
import * as pool from '../packages/pool/src/index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const section = read('../docs/FEATURES.md').split('\n## Keras 3, name by name\n')[1].split('\n## ')[0];
const keras: Readonly<Record<string, readonly string[]>> = JSON.parse(read('fixtures/keras-names.json'));

const exported = new Set(Object.keys({ ...core, ...nn, ...pool }));

/** Rows below a heading: Keras's name, the light, what stands for it in Weft. */
const rowsOf = (heading: string) =>
  section
    .split(`\n### ${heading}\n`)[1]
    .split('\n### ')[0]
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [name, light, text] = line.slice(1, -1).split('|');
      return { name: name.replaceAll('`', '').trim(), light: light.trim(), text: text.trim() };
    });

const areas = [
  ['Layers', 'layers'],
  ['Losses', 'losses'],
  ['Metrics', 'metrics'],
  ['Optimisers', 'optimizers'],
  ['Schedules', 'optimizers.schedules'],
  ['Callbacks', 'callbacks'],
] as const;

describe.each(areas)("Keras's %s in docs/FEATURES.md", (heading, area) => {
  const rows = rowsOf(heading);

  it('have a row each', () => {
    expect(rows.map(({ name }) => name)).toEqual(keras[area]);
  });

  it('are green where there is one of that name, and have a reason or another way elsewhere', () => {
    for (const { name, light, text } of rows) {
      expect(['🟢', '🟡', '🔴'], name).toContain(light);
      const names = [...text.matchAll(/[A-Za-z0-9]+/g)].map(([word]) => word);
      if (light === '🟢')
        expect(
          names.filter((word) => exported.has(word)),
          `${name}: ${text}`,
        ).not.toEqual([]);
      if (light === '🔴') expect(exported.has(name), name).toBe(false);
      expect(text, name).not.toBe('');
    }
  });
});
