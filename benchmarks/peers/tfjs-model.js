/** The autoencoder in TensorFlow.js, with weights given by name. */
export function build(tf, weights, [, height, width, channels]) {
  const convolution = (name, filters, activation = 'relu') =>
    tf.layers.conv2d({ name, filters, kernelSize: 3, padding: 'same', activation });
  const first = tf.layers.conv2d({
    name: 'enc_conv1',
    filters: 32,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    inputShape: [height, width, channels],
  });
  const model = tf.sequential({
    layers: [
      first,
      tf.layers.maxPooling2d({ poolSize: 2 }),
      convolution('enc_conv2', 64),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      convolution('dec_conv1', 64),
      tf.layers.upSampling2d({ size: [2, 2] }),
      convolution('dec_conv2', 32),
      tf.layers.upSampling2d({ size: [2, 2] }),
      convolution('output_image', channels, 'sigmoid'),
    ],
  });
  for (const layer of model.layers) {
    const own = ['kernel', 'bias'].map((weight) => weights.get(`${layer.name}/${weight}`)).filter(Boolean);
    layer.setWeights(own.map(({ shape, data }) => tf.tensor(data, shape)));
  }
  return model;
}
