// The variational autoencoder on Fashion-MNIST: its negative ELBO beside that of the same model in PyTorch, and what a
// classifier says of images made of draws: node scripts/vae.js [--epochs 20] [--peer] [--model FILE]
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { commandLine, wholeNumber, wrongUsage } from './command-line.js';
import { built } from './step-modules.js';

const BATCH = 256;
const CLASSES = 10;
/** How sure the classifier must be that an image is of some class. */
const SURE = 0.9;
/** Images with a mean squared difference below this are the same to the eye: 8 of 255 grey values at each pixel. */
const COPY = 0.001;

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const { values } = commandLine({
  name: 'scripts/vae.js',
  about: 'Trains the variational autoencoder on Fashion-MNIST, and measures its negative ELBO and its samples.',
  options: {
    epochs: { value: 'N', default: '20', help: 'Epochs of the autoencoder.' },
    'classifier-epochs': {
      value: 'N',
      default: '10',
      help: 'Epochs of the classifier of samples; 0 leaves samples out.',
    },
    samples: { value: 'N', default: '1000', help: 'Images made of draws.' },
    latent: { value: 'N', default: '16', help: 'Length of the latent.' },
    beta: { value: 'X', default: '1', help: 'Weight of the divergence.' },
    limit: { value: 'N', help: 'Images for training and for the test at most; default all.' },
    seed: { value: 'N', default: '1', help: 'Seed of everything.' },
    threads: { value: 'N', default: String(availableParallelism()), help: 'Threads of both.' },
    model: { value: 'FILE', help: 'A model that was trained before; it is not trained.' },
    save: { value: 'FILE', help: 'Where the trained model goes.' },
    peer: { help: 'Train the same model in PyTorch, too; WEFT_PYTHON names the Python.' },
  },
});
const whole = (/** @type {keyof typeof values} */ name, least = 1) =>
  wholeNumber(`--${name}`, String(values[name]), least);
const [epochs, classifierEpochs, samples] = [whole('epochs'), whole('classifier-epochs', 0), whole('samples')];
const [latentSize, seed, threads] = [whole('latent'), whole('seed', 0), whole('threads')];
const limit = values.limit === undefined ? undefined : whole('limit', BATCH);
const beta = Number(values.beta);
if (!(beta >= 0 && beta < Number.POSITIVE_INFINITY))
  wrongUsage(`--beta: got '${values.beta}', expected a number from 0.`);
const data = process.env.WEFT_DATA_DIR ?? local('datasets/fashion-mnist');

const weft = await built('pool/dist/index.js');
const { autoencoderOf, buildAutoencoder, elboTerms, sampleLatents } = await built('models/dist/index.js');
const { asExamples, loadFashionMnist, subset } = await built('data/dist/index.js');
const loaded = await loadFashionMnist({ directories: [data], download: false }).catch(
  (/** @type {Error} */ { message }) => wrongUsage(message),
);
const [train, test] = [loaded.train, loaded.test].map((part) => (limit === undefined ? part : subset(part, limit)));
const shape = [28, 28, 1];
const pool = await weft.WorkerPool.create({ threads });
try {
  const vae = await trained();
  if (values.peer) inPyTorch();
  if (classifierEpochs > 0) await judgeSamples(vae);
} finally {
  await pool.close();
}

/** @param {string} title @param {number} reconstruction @param {number} divergence */
function report(title, reconstruction, divergence) {
  const numbers = `reconstruction ${reconstruction.toFixed(3)}, divergence ${divergence.toFixed(3)} nats`;
  console.log(`${title}: negative ELBO ${(reconstruction + divergence).toFixed(3)}, ${numbers}`);
}

async function trained() {
  if (values.model !== undefined) {
    const vae = autoencoderOf('vae', (await weft.loadModel(values.model)).model, { beta });
    await reportElbo(vae);
    return vae;
  }
  const vae = buildAutoencoder('vae', { latentSize, beta, seed });
  const objective = vae.objective(weft.binaryCrossentropy, new weft.Adam());
  await weft.fit(vae.model, { x: asExamples(train) }, { ...objective, epochs, batchSize: BATCH, seed, pool });
  if (values.save !== undefined) await weft.saveModel(values.save, vae.model);
  await reportElbo(vae);
  return vae;
}

/** @param {object} vae */
async function reportElbo(vae) {
  const terms = await weft.mapExamples(elboTerms(vae), asExamples(test), shape, { seed, pool });
  let [reconstruction, divergence] = [0, 0];
  for (let at = 0; at < terms.length; at += 2) {
    reconstruction += terms[at];
    divergence += terms[at + 1];
  }
  report('Weft', (2 * reconstruction) / terms.length, (2 * divergence) / terms.length);
}

function inPyTorch() {
  const python = process.env.WEFT_PYTHON || 'python3';
  const job = JSON.stringify({ data, epochs, latentSize, beta, seed, threads, limit: limit ?? null });
  const { status, stdout, stderr, error } = spawnSync(python, [local('benchmarks/peers/torch_vae.py'), job], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    console.log(`PyTorch: failed. ${(stderr || String(error)).trim().split('\n').at(-1)}`);
    process.exitCode = 1;
    return;
  }
  const { version, reconstruction, divergence } = JSON.parse(stdout);
  report(`PyTorch ${version}`, reconstruction, divergence);
}

async function trainClassifier() {
  const { Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Sequential } = weft;
  const convolution = (/** @type {number} */ filters) =>
    new Conv2D({ filters, kernelSize: 3, padding: 'same', activation: 'relu' });
  const layers = [
    ...[convolution(32), new MaxPooling2D(), convolution(64), new MaxPooling2D(), new Flatten()],
    ...[new Dense({ units: 128, activation: 'relu' }), new Dropout({ rate: 0.3 })],
    new Dense({ units: CLASSES, activation: 'softmax' }),
  ];
  const classifier = new Sequential(layers, { inputShape: shape, seed, name: 'classifier' });
  const labelled = (/** @type {{ labels: Uint8Array }} */ part) => ({
    x: asExamples(part),
    y: Int32Array.from(part.labels),
  });
  const options = { loss: weft.sparseCategoricalCrossentropy, metrics: [weft.accuracy] };
  const training = { ...options, epochs: classifierEpochs, batchSize: BATCH, seed, optimizer: new weft.Adam(), pool };
  await weft.fit(classifier, labelled(train), training);
  const { accuracy } = await weft.evaluate(classifier, labelled(test), { ...options, pool });
  console.log(`classifier: test accuracy ${accuracy.toFixed(4)}`);
  return classifier;
}

/** @param {object} vae */
async function judgeSamples(vae) {
  const { decoder } = /** @type {{ decoder: object }} */ (vae);
  const classifier = await trainClassifier();
  const images = await weft.predict(decoder, sampleLatents(vae, samples, seed), { pool });
  const probabilities = await weft.predict(classifier, images, { pool });
  const counts = new Array(CLASSES).fill(0);
  let sure = 0;
  for (let sample = 0; sample < samples; sample++) {
    const row = Array.from(probabilities.subarray(sample * CLASSES, (sample + 1) * CLASSES));
    const largest = Math.max(...row);
    if (!(largest > SURE)) continue;
    sure++;
    counts[row.indexOf(largest)]++;
  }
  console.log(
    `samples: ${((100 * sure) / samples).toFixed(1)} % of ${samples} above ${SURE}, by class ${counts.join(' ')}`,
  );
  const distances = await distancesToTraining(images);
  const copies = distances.filter((distance) => distance < COPY).length;
  const least = distances.reduce((a, b) => Math.min(a, b));
  console.log(`nearest training image: least mean squared difference ${least.toFixed(5)}, ${copies} below ${COPY}`);
}

/**
 * The mean squared difference of each image to the nearest of the training images.
 *
 * @param {Float32Array} images
 * @returns {Promise<Float32Array>}
 */
async function distancesToTraining(images) {
  const pixels = 28 * 28;
  let nearest = new Float32Array(images.length / pixels).fill(Number.POSITIVE_INFINITY);
  const block = 5000;
  for (let first = 0; first < train.count; first += block) {
    const bytes = train.images.subarray(first * pixels, (first + block) * pixels);
    const others = weft.tensor(
      Float32Array.from(bytes, (/** @type {number} */ byte) => byte / 255),
      [bytes.length / pixels, pixels],
    );
    // |a - b|^2 = |a|^2 + |b|^2 - 2 ab, for all of the block at once.
    const squares = others.square().sum(1);
    const columns = others.transpose([1, 0]).mul(2);
    const found = await weft.mapExamples(
      (/** @type {any} */ x) => weft.min(squares.sub(x.matmul(columns)), 1).add(x.square().sum(1)),
      images,
      [pixels],
      { pool },
    );
    nearest = nearest.map((distance, at) => Math.min(distance, found[at] / pixels));
  }
  return nearest;
}
