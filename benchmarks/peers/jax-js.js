import { readFileSync } from 'node:fs';
import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { serve } from '../dist/peers/serve.js';

// The package does not export its package.json.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.resolve('@jax-js/jax'))));

const references = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.ref]));

/** Layers by the names of their weights; every function takes the references it is given. */
const convolution = (x, kernel, bias) =>
  lax.conv(x, kernel, [1, 1], 'SAME').add(bias.reshape([1, bias.shape[0], 1, 1]));
const pool = (x) => {
  const [batch, channels, height, width] = x.shape;
  return np.max(x.reshape([batch, channels, height / 2, 2, width / 2, 2]), [3, 5]);
};
const upsample = (x) => np.repeat(np.repeat(x, 2, 2), 2, 3);

function forward(w, images) {
  let x = pool(nn.relu(convolution(images, w['enc_conv1/kernel'], w['enc_conv1/bias'])));
  x = pool(nn.relu(convolution(x, w['enc_conv2/kernel'], w['enc_conv2/bias'])));
  x = upsample(nn.relu(convolution(x, w['dec_conv1/kernel'], w['dec_conv1/bias'])));
  x = upsample(nn.relu(convolution(x, w['dec_conv2/kernel'], w['dec_conv2/bias'])));
  return nn.sigmoid(convolution(x, w['output_image/kernel'], w['output_image/bias']));
}

const loss = (weights, images) => np.mean(np.square(forward(weights, images.ref).sub(images)));

/** Adam as in the paper. Takes references like all functions of jax-js; `rates` holds the learning rate over 1 - beta1^t, and 1 over the root of 1 - beta2^t. */
function update(weights, first, second, rates, images) {
  const [value, gradients] = valueAndGrad(loss)(references(weights), images);
  const [rate, scale] = np.split(rates, 2);
  const next = { weights: {}, first: {}, second: {} };
  for (const name of Object.keys(weights)) {
    const gradient = gradients[name];
    const m = first[name].mul(0.9).add(gradient.ref.mul(0.1));
    const v = second[name].mul(0.999).add(np.square(gradient).mul(0.001));
    const root = np.sqrt(v.ref).mul(scale.ref).add(1e-7);
    next.weights[name] = weights[name].sub(m.ref.mul(rate.ref).div(root));
    next.first[name] = m;
    next.second[name] = v;
  }
  rate.dispose();
  scale.dispose();
  return { value, ...next };
}

await serve(async (_job, loaded, { shape: [batch, height, width, channels], data }) => {
  await init('wasm');
  defaultDevice('wasm');
  // Channels first: for images of one channel the memory is the same.
  const images = np.array(data).reshape([batch, channels, height, width]);
  const each = (make) => Object.fromEntries([...loaded].map(([name, { shape, data }]) => [name, make(shape, data)]));
  let state = {
    weights: each((shape, data) => {
      const array = np.array(data).reshape(shape);
      return shape.length === 4 ? array.transpose([3, 2, 0, 1]) : array;
    }),
    first: each((shape) => np.zeros(shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape)),
    second: each((shape) => np.zeros(shape.length === 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape)),
  };
  const compiledForward = jit(forward);
  const compiledUpdate = jit(update);
  let steps = 0;
  return {
    version,
    forward: () => compiledForward(references(state.weights), images.ref).data(),
    async step() {
      steps++;
      const rates = np.array([0.001 / (1 - 0.9 ** steps), 1 / Math.sqrt(1 - 0.999 ** steps)]);
      const { value, ...next } = compiledUpdate(state.weights, state.first, state.second, rates, images.ref);
      state = next;
      // The loss and every weight are waited for.
      await Promise.all(Object.values(state.weights).map((weight) => weight.blockUntilReady()));
      return (await value.data())[0];
    },
  };
});
