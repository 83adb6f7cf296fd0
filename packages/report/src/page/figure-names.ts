/** What figures of a model show. */
export type FigureKind =
  | 'loss'
  | 'reconstructions'
  | 'denoised'
  | 'errors'
  | 'latents'
  | 'samples'
  | 'interpolations'
  | 'filters'
  | 'features';

/** The numbers that the figures of the first two models have had from the beginning. */
const NUMBERED: Readonly<Record<string, Partial<Record<FigureKind, number>>>> = {
  cae: { loss: 2, reconstructions: 3, errors: 4, latents: 7 },
  cdae: { loss: 5, denoised: 6, errors: 8 },
};

/**
 * The name of the figure of training samples.
 *
 * @example
 * SAMPLES_FIGURE; // 'figure-1'
 */
export const SAMPLES_FIGURE = 'figure-1';

/**
 * The name of a model's figure, which is also the stem of its file: `figure-2` for the CAE's losses, `vae-loss` for those
 * of another model.
 *
 * @param key of the model, such as `vae`
 * @example
 * figureName('cae', 'loss'); // 'figure-2'
 * figureName('vae', 'loss'); // 'vae-loss'
 */
export function figureName(key: string, kind: FigureKind): string {
  const number = Object.hasOwn(NUMBERED, key) ? NUMBERED[key][kind] : undefined;
  return number === undefined ? `${key}-${kind}` : `figure-${number}`;
}

/** The number in a name such as `figure-2`; undefined if there is none. */
export function figureNumber(name: string): number | undefined {
  const [, digits] = /^figure-(\d)$/.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
