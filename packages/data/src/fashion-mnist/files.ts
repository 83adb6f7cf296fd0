import type { RemoteFile } from '../download/download.js';

export interface FashionMnistFiles {
  trainImages: RemoteFile;
  trainLabels: RemoteFile;
  testImages: RemoteFile;
  testLabels: RemoteFile;
}

/**
 * The four files with the MD5 sums published by their authors, and those of what they hold uncompressed.
 *
 * @see Xiao, Rasul and Vollgraf (2017), Fashion-MNIST; README of github.com/zalandoresearch/fashion-mnist
 * @example
 * FASHION_MNIST_FILES.testLabels.name; // 't10k-labels-idx1-ubyte.gz'
 */
export const FASHION_MNIST_FILES: FashionMnistFiles = {
  trainImages: {
    name: 'train-images-idx3-ubyte.gz',
    bytes: 26_421_880,
    md5: '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
    content: { bytes: 47_040_016, md5: 'f4a8712d7a061bf5bd6d2ca38dc4d50a' },
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte.gz',
    bytes: 29_515,
    md5: '25c81989df183df01b3e8a0aad5dffbe',
    content: { bytes: 60_008, md5: '9018921c3c673c538a1fc5bad174d6f9' },
  },
  testImages: {
    name: 't10k-images-idx3-ubyte.gz',
    bytes: 4_422_102,
    md5: 'bef4ecab320f06d8554ea6380940ec79',
    content: { bytes: 7_840_016, md5: '8181f5470baa50b63fa0f6fddb340f0a' },
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte.gz',
    bytes: 5_148,
    md5: 'bb300cfdad3c16e7a12a480ee83cd310',
    content: { bytes: 10_008, md5: '15d484375f8d13e6eb1aabb0c3f46965' },
  },
};

/**
 * The copy kept for Keras, and the authors' source repository; the authors' own server does not speak https.
 *
 * @example
 * FASHION_MNIST_MIRRORS.every((address) => address.startsWith('https:')); // true
 */
export const FASHION_MNIST_MIRRORS: readonly string[] = [
  'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/',
];
