import type { ModelKey } from '@weft/models';

/** Models whose losses are more than the loss of images. */
const TERMS: Partial<Record<ModelKey, (loss: string) => string>> = {
  vae: (loss) => `summed ${loss} + divergence`,
  sparse: (loss) => `${loss} + penalty on the latent`,
  adversarial: (loss) => `${loss} + losses of the critic`,
};

/** What the losses of a model's training are, where images are compared by a loss such as `mse`. */
export function objectiveText(key: ModelKey, loss: string): string {
  return TERMS[key]?.(loss) ?? loss;
}
