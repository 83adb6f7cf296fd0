import type { EpochView } from './views.js';

const COLUMNS = ['model', 'epoch', 'loss', 'val_loss', 'seconds', 'images_per_second'];

/**
 * The epochs of each model, from the text of a run's metrics.csv. Lines that are none of it are left out.
 *
 * @returns epochs by key of the model, in the order of the file
 */
export function parseMetrics(text: string): ReadonlyMap<string, readonly EpochView[]> {
  const models = new Map<string, EpochView[]>();
  const [header = '', ...lines] = text.split('\n');
  const places = COLUMNS.map((name) => header.trim().split(',').indexOf(name));
  // Weft 0.1 wrote no images per second.
  if (places.slice(0, 3).some((place) => place < 0)) return models;
  for (const line of lines) {
    const cells = line.trim().split(',');
    const [model, epoch, loss, valLoss, seconds, imagesPerSecond] = places.map((place) => cells[place] ?? '');
    const number = Number(epoch);
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(model) || !Number.isSafeInteger(number) || number < 1) continue;
    const rows = models.get(model) ?? [];
    models.set(model, rows);
    rows.push({
      epoch: number,
      loss: finite(loss),
      valLoss: finite(valLoss),
      seconds: finite(seconds),
      imagesPerSecond: finite(imagesPerSecond),
    });
  }
  return models;
}

function finite(text: string): number | null {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** At most so many epochs, evenly spread, the first and the last ones among them. */
export function thinned(rows: readonly EpochView[], most: number): readonly EpochView[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, at) => rows[Math.round((at * (rows.length - 1)) / (most - 1))]);
}
