import { join } from 'node:path';
import { makeFolders, writeAtomically } from '@weft/pool';
import { type Figure, rasterise } from '@weft/report';

/** Writes each figure as SVG and as PNG. */
export async function writeFigures(figures: readonly Figure[], folder: string, signal: AbortSignal): Promise<void> {
  await makeFolders(folder);
  for (const { name, svg } of figures) {
    signal.throwIfAborted();
    await writeAtomically(join(folder, `${name}.svg`), svg);
    await writeAtomically(join(folder, `${name}.png`), await rasterise(svg));
  }
}
