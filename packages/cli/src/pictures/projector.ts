import { encodePng, resizeImage } from '@weft/data';
import type { LatentRow, Latents } from './latents.js';
import { numberLines } from './number-lines.js';

const NAMES = {
  vectors: 'vectors.tsv',
  metadata: 'metadata.tsv',
  sprite: 'sprite.png',
  tensorBoard: 'projector_config.pbtxt',
  page: 'projector_config.json',
} as const;

/** Largest side of a sprite that the projector's page draws. */
const MOST_SIDE = 8192;
/** Pixels of a side of a small picture, if there is room for all. */
const THUMBNAIL = 64;

/** Side of the small pictures, so that all fit into the sprite. */
export function thumbnailSide(count: number): number {
  const across = Math.ceil(Math.sqrt(Math.max(1, count)));
  return Math.max(1, Math.min(THUMBNAIL, Math.floor(MOST_SIDE / across)));
}

/** Files for TensorBoard's Embedding Projector, which shows the pictures at the places of their latents. */
export const projectorFiles = {
  names: Object.values(NAMES) as readonly string[],
  files: (latents: Latents): ReadonlyMap<string, string | Uint8Array> => {
    const side = thumbnailSide(latents.rows.length);
    return new Map<string, string | Uint8Array>([
      [
        NAMES.vectors,
        Buffer.concat(
          numberLines(
            latents,
            (numbers) => `${numbers.join('\t')}\n`,
            () => [],
          ),
        ),
      ],
      [NAMES.metadata, metadata(latents.rows)],
      [NAMES.sprite, sprite(latents, side)],
      [NAMES.tensorBoard, tensorBoardConfig(side)],
      [NAMES.page, pageConfig(latents, side)],
    ]);
  },
};

function metadata(rows: readonly LatentRow[]): string {
  const plain = (text: string) => text.replace(/[\t\r\n]/g, ' ');
  const names = ['path', 'label', ...(rows[0]?.tile ? ['row', 'column'] : [])];
  const lines = rows.map(({ path, label, tile = [] }) => [plain(path), plain(label), ...tile]);
  return `${[names, ...lines].map((line) => line.join('\t')).join('\n')}\n`;
}

/** Small pictures in rows from the left, as many rows as columns. */
function sprite({ thumbnails }: Latents, side: number): Uint8Array {
  const across = Math.ceil(Math.sqrt(Math.max(1, thumbnails.length)));
  const width = across * side;
  const data = new Uint8Array(width * width * 3);
  for (const [which, thumbnail] of thumbnails.entries()) {
    const picture = resizeImage(thumbnail, side, side);
    const [top, left] = [Math.floor(which / across) * side, (which % across) * side];
    for (let row = 0; row < side; row++) {
      const from = picture.data.subarray(row * side * 3, (row + 1) * side * 3);
      data.set(from, ((top + row) * width + left) * 3);
    }
  }
  return encodePng({ width, height: width, channels: 3, depth: 8, data });
}

const tensorBoardConfig = (side: number) => `embeddings {
  tensor_path: "${NAMES.vectors}"
  metadata_path: "${NAMES.metadata}"
  sprite {
    image_path: "${NAMES.sprite}"
    single_image_dim: ${side}
    single_image_dim: ${side}
  }
}
`;

function pageConfig({ rows, size }: Latents, side: number): string {
  const embedding = {
    tensorName: 'Latents',
    tensorShape: [rows.length, size],
    tensorPath: NAMES.vectors,
    metadataPath: NAMES.metadata,
    sprite: { imagePath: NAMES.sprite, singleImageDim: [side, side] },
  };
  return `${JSON.stringify({ embeddings: [embedding] }, null, 2)}\n`;
}
