import type { ModelView, PaceView } from './views.js';

/** What progress.json says, as far as it makes sense. */
export interface ReadProgress {
  readonly model: string;
  readonly epochs: number | null;
  readonly pace: PaceView;
  readonly curve: ModelView['curve'];
}

const MOST_POINTS = 1000;

/** Reads the text of a progress.json, in which nothing is trusted; undefined if it makes no sense. */
export function parseProgress(text: string): ReadProgress | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { model, epoch, epochs, images, imagesInEpoch, loss, imagesPerSecond, secondsLeft, curve } = json as Record<
    string,
    unknown
  >;
  if (typeof model !== 'string' || !isCount(epoch) || !isCount(images) || !isCount(imagesInEpoch)) return undefined;
  return {
    model,
    epochs: isCount(epochs) ? epochs : null,
    pace: {
      epoch,
      images,
      imagesInEpoch,
      loss: finite(loss),
      imagesPerSecond: finite(imagesPerSecond),
      secondsLeft: finite(secondsLeft),
    },
    curve: Array.isArray(curve) ? curve.slice(0, MOST_POINTS).flatMap(point) : [],
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const finite = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function point(value: unknown): [number, number | null][] {
  const [epochs, loss] = Array.isArray(value) ? value : [];
  return typeof epochs === 'number' && Number.isFinite(epochs) ? [[epochs, finite(loss)]] : [];
}
