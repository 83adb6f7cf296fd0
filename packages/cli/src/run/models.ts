import { type Autoencoder, convAutoencoder, convDenoisingAutoencoder } from '@weft/models';

/** The models that can be trained, by the key they have in files. */
export const MODELS = {
  cae: { title: 'CAE', build: convAutoencoder, denoises: false },
  cdae: { title: 'CDAE', build: convDenoisingAutoencoder, denoises: true },
} as const satisfies Record<
  string,
  {
    title: string;
    build: (options: { seed: number; height: number; width: number; channels: number }) => Autoencoder;
    denoises: boolean;
  }
>;

export type ModelKey = keyof typeof MODELS;

/** The keys of the models that `--model` asks for, in the order of their training. */
export function modelKeys(asked: ModelKey | 'all'): readonly ModelKey[] {
  return asked === 'all' ? ['cae', 'cdae'] : [asked];
}
