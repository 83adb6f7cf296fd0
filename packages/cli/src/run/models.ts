import { type Autoencoder, convAutoencoder, convDenoisingAutoencoder } from '@weft/models';

export const AUTOENCODERS = {
  cae: { title: 'CAE', longName: 'a convolutional autoencoder (CAE)', denoises: false },
  cdae: { title: 'CDAE', longName: 'a convolutional denoising autoencoder (CDAE)', denoises: true },
} as const satisfies Record<string, { title: string; longName: string; denoises: boolean }>;
export type ModelKey = keyof typeof AUTOENCODERS;
export const buildAutoencoder = (
  key: ModelKey,
  options: { seed: number; height: number; width: number; channels: number },
): Autoencoder => (key === 'cae' ? convAutoencoder : convDenoisingAutoencoder)(options);
