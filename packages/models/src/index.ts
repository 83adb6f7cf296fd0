export {
  Autoencoder,
  type AutoencoderOptions,
  convAutoencoder,
  convDenoisingAutoencoder,
} from './autoencoder.js';
