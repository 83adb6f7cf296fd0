/**
 * The names of the ten classes, in the order of their labels.
 *
 * @example
 * FASHION_MNIST_CLASS_NAMES[9]; // 'Ankle boot'
 */
export const FASHION_MNIST_CLASS_NAMES: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
