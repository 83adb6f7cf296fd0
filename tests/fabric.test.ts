import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { decodeImage } from '../packages/data/dist/index.js';

const shipped = fileURLToPath(new URL('../examples/fabric', import.meta.url));
const script = fileURLToPath(new URL('../scripts/draw-fabric.js', import.meta.url));

const pictures = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.png'))
    .sort();

it('the fabric that ships is what the script draws', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-fabric-'));
  try {
    execFileSync(process.execPath, [script, '--out', folder]);
    expect(pictures(folder)).toEqual(pictures(shipped));
    for (const name of pictures(folder)) {
      const [drawn, kept] = [folder, shipped].map((from) => decodeImage(readFileSync(join(from, name))));
      expect(drawn, name).toEqual(kept);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('each defect has a mask, in which some pixels are white and most are black', () => {
  for (const defect of readdirSync(join(shipped, 'ground_truth'))) {
    for (const name of pictures(join(shipped, 'test', defect))) {
      const mask = readFileSync(join(shipped, 'ground_truth', defect, name.replace('.png', '_mask.png')));
      const { data } = decodeImage(mask);
      const white = data.filter((level) => level === 255).length;
      expect(white, `${defect}/${name}`).toBeGreaterThan(10);
      expect(white + data.filter((level) => level === 0).length).toBe(data.length);
      expect(white).toBeLessThan(data.length / 4);
    }
  }
});
