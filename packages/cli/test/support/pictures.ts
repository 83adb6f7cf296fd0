import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encodePng, type Picture } from '@weft/data';
import { encodeModel } from '@weft/formats';
import { Activation, Sequential } from '@weft/nn';

/** A picture with values that follow from its number. */
export function drawnPicture(
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4 = 1,
  { depth = 8, number = 0 }: { readonly depth?: 8 | 16; readonly number?: number } = {},
): Picture {
  const length = width * height * channels;
  const value = (_: unknown, i: number) => (Math.imul(i + 1 + 977 * number, 2654435761) >>> 9) & 0xffff;
  const data = depth === 8 ? Uint8Array.from({ length }, value) : Uint16Array.from({ length }, value);
  return { width, height, channels, depth, data };
}

/** Writes files, pictures as PNG, and the folders that they lie in. */
export async function writeTree(folder: string, tree: Readonly<Record<string, Picture | Uint8Array | string>>) {
  for (const [name, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(
      join(folder, name),
      typeof content === 'string' || content instanceof Uint8Array ? content : encodePng(content),
    );
  }
}

/** Bytes of a model that gives back what it gets. */
export function identityModel(shape: readonly number[], card: object = {}): Uint8Array {
  const model = new Sequential([new Activation({ activation: 'linear' })], { inputShape: shape, name: 'identity' });
  return encodeModel(model, { card: JSON.stringify(card) });
}
