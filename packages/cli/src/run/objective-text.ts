import type { ModelKey } from '@weft/models';

/** Models whose losses are more than the loss of images. */
const TERMS: Partial<Record<ModelKey, (loss: string) => string>> = {
  vae: (loss) => `${loss} times the numbers of an image, plus the divergence in nats`,
  sparse: (loss) => `${loss} plus a penalty on the latent`,
  adversarial: (loss) => `${loss} plus the losses of critic and deceit`,
};

/** What the losses of a model's training are, where images are compared by a loss such as `mse`. */
export function objectiveText(key: ModelKey, loss: string): string {
  return TERMS[key]?.(loss) ?? loss;
}
