import { availableThreads, SIMD, type Simd } from '@weft/pool';
import { augment } from '../arguments/augment.js';
import { choice, classes, flag, folder, interval, number, wholeNumber } from '../arguments/kinds.js';
import { channelCount, pictureSize } from '../arguments/picture-size.js';
import { schedule } from '../arguments/schedule.js';
import { option, type Values } from '../arguments/table.js';
import { loss, noise, patience } from '../arguments/training-texts.js';
import { connectionOptions, serverUrl } from '../cluster/connection-options.js';
import { modelPath } from '../run/first-model.js';
import { DATASETS } from '../run/load-data.js';
import { MODEL_KEYS, modelList } from '../run/model-keys.js';
import { DEFAULT_NOISE } from '../run/noise.js';
import { commonOptions, jsonOption } from './command.js';
import { modelOptions } from './model-options.js';

/** More threads than any machine has cores, and as many as a pool takes. */
const MOST_THREADS = 1024;

export const threadsOption = option({
  kind: wholeNumber(1, MOST_THREADS),
  default: availableThreads(),
  defaultText: 'all cores',
  help: 'Worker threads. Any number of them trains the same weights, to the last bit.',
});

export const simdOption = option<Simd | undefined>({
  kind: choice(...SIMD),
  default: undefined,
  defaultText: 'WEFT_SIMD, or auto',
  help: 'Bits of the vectors to compute on. auto takes 256 where Node and the processor have them. No result depends on it.',
});

export const testLimitOption = option<number | undefined>({
  // The analysis of latents needs two.
  kind: wholeNumber(2),
  default: undefined,
  defaultText: 'all',
  quick: 1000,
  help: 'Use the first N test images only.',
});

/** The options of `weft train`. */
export const trainOptions = {
  model: option<string>({
    kind: modelList,
    default: 'all',
    help: `What to train: ${MODEL_KEYS.join(', ')}, or several with commas between them; all is cae,cdae.`,
  }),
  from: option<string | undefined>({
    kind: modelPath,
    default: undefined,
    defaultText: 'none',
    help: 'Train the autoencoder of this .onnx or .safetensors file further, in the place of a new one: from images of the size of the data to images of the same. --model says whether it denoises: cae (the default then) or cdae.',
  }),
  dataset: option({
    kind: choice(...DATASETS),
    default: 'auto',
    help: 'What to train on. auto takes Fashion-MNIST from WEFT_DATA_DIR or datasets/fashion-mnist, or downloads it, and where it cannot, takes the synthetic set; fashion-mnist never falls back.',
  }),
  data: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Train on the PNG, JPEG and TIFF pictures of this folder, or on the arrays of .npy files or of a .npz file, in the place of a data set. Class folders become classes; train, validation, test, good and ground_truth are understood.',
  }),
  size: option<string | undefined>({
    kind: pictureSize,
    default: undefined,
    defaultText: 'as they are',
    help: 'Resize the pictures of --data by a bilinear filter with antialiasing.',
  }),
  tile: option<number | undefined>({
    kind: wholeNumber(1, 65_535),
    default: undefined,
    defaultText: 'none',
    help: 'Cut the pictures of --data into squares of so many pixels.',
  }),
  overlap: option<number | undefined>({
    kind: wholeNumber(0, 65_535),
    default: undefined,
    defaultText: '0',
    help: 'Pixels that neighbouring tiles have in common.',
  }),
  channels: option<1 | 3 | 4 | undefined>({
    kind: channelCount,
    default: undefined,
    defaultText: '3 if any picture has colours, else 1',
    help: 'Channels of the pictures of --data.',
  }),
  onBadImage: option<'stop' | 'skip' | undefined>({
    kind: choice('stop', 'skip'),
    default: undefined,
    defaultText: 'stop',
    help: 'Whether damaged or refused files in --data end the call, or are named and left out.',
  }),
  epochs: option({ kind: wholeNumber(1), default: 20, quick: 3, help: 'Passes over the training images.' }),
  batchSize: option({
    kind: wholeNumber(1),
    default: 256,
    quick: 64,
    help: 'Images a step; where there are fewer to train on, all of them.',
  }),
  validationSplit: option({
    kind: number({ from: 0, below: 1, example: 0.2 }),
    default: 0.2,
    help: 'Part of the training images, the last ones, that is held out for validation.',
  }),
  learningRate: option({
    kind: number({ above: 0, example: 0.001 }),
    default: 0.001,
    help: "Adam's learning rate.",
  }),
  schedule: option({
    kind: schedule,
    default: 'constant',
    help: 'How the learning rate changes: constant, cosine, cosine:RATE, exponential:FACTOR, and warmup:EPOCHS alone or before one of them, as warmup:2+cosine.',
  }),
  earlyStopping: option<number | undefined>({
    kind: patience,
    default: undefined,
    defaultText: 'none',
    help: 'End the training of a model after so many epochs without a lower validation loss, with the weights of its best epoch.',
  }),
  loss: option({
    kind: loss,
    default: 'mse',
    help: 'What is made smaller: mse, mae, bce, ssim, ms-ssim, or a weighted sum such as 0.8*ssim+0.2*mae.',
  }),
  noise: option({
    kind: noise,
    default: DEFAULT_NOISE,
    help: 'What models that denoise take away: gaussian, poisson, salt-pepper, blur or occlusion with its strength, or with a range from which each image has its own, as gaussian:0.1..0.5.',
  }),
  noiseFactor: option<number | undefined>({
    kind: number({ from: 0, example: 0.4 }),
    default: undefined,
    defaultText: 'none',
    help: 'Short for --noise gaussian:X.',
  }),
  noisePerEpoch: option({
    kind: flag,
    default: false,
    help: 'Draw the noise of the training images anew for each epoch. Else an image keeps its noise.',
  }),
  augment: option<string | undefined>({
    kind: augment,
    default: undefined,
    defaultText: 'none',
    help: 'Random changes of the training images, other ones in each epoch: flip, flip-vertical, rotate:TURNS, shift:PART, zoom:PART, contrast:PART, with commas between them.',
  }),
  ...modelOptions,
  seed: option({
    kind: wholeNumber(0),
    default: 42,
    help: 'Decides the first weights, the order of images and the noise.',
  }),
  convolution: option({
    kind: choice('auto', 'direct', 'winograd2', 'winograd4', 'winograd6', 'winograd7'),
    default: 'auto',
    help: 'How convolutions are computed. auto lets their shapes decide.',
  }),
  fastMath: option({
    kind: flag,
    default: false,
    help: 'Train faster, with relaxed SIMD: the weights may then differ in their last bits from machine to machine.',
  }),
  threads: threadsOption,
  simd: simdOption,
  limit: option<number | undefined>({
    kind: wholeNumber(1),
    default: undefined,
    defaultText: 'all',
    quick: 6000,
    help: 'Use the first N training images only.',
  }),
  testLimit: testLimitOption,
  classes: option<string | undefined>({
    kind: classes,
    default: undefined,
    defaultText: 'all',
    help: 'Train on images of these classes only, by numbers or names with commas between them. The test keeps all classes.',
  }),
  quick: option({
    kind: flag,
    default: false,
    help: 'A run of under a minute on two cores that still draws everything. Options that are given win over it.',
  }),
  out: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'reports/runs/<time>-<model>',
    help: 'Where the run is written; a finished run in this folder is replaced.',
  }),
  resume: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Go on with the run in this folder, which has its options. Its weights will be those of a run that was never broken off. With more --epochs a finished run goes on.',
  }),
  overwrite: option({
    kind: flag,
    default: false,
    help: 'Replace an unfinished run in --out, with its checkpoints.',
  }),
  checkpointEvery: option<string>({
    kind: interval,
    default: '60s',
    defaultText: 'each minute',
    help: 'How often the state of the training is saved within an epoch, such as 30s or 200steps. After each epoch it is saved in any case.',
  }),
  onNan: option<'stop' | 'continue'>({
    kind: choice('stop', 'continue'),
    default: 'stop',
    help: 'What to do when a loss or weights are no finite numbers any more.',
  }),
  explore: option({
    kind: flag,
    default: false,
    help: 'Also write what weft explore RUN does, for the page Explore: a file for each model.',
  }),
  cluster: option<string | undefined>({
    kind: serverUrl,
    default: undefined,
    defaultText: 'none',
    help: 'Have the workers of the cluster at this NATS server train, instead of this machine. The weights are the same bits.',
  }),
  ...connectionOptions,
  tensorboard: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Also write event files for TensorBoard into this folder: losses, histograms of the weights, and reconstructions of the first test images, after each epoch.',
  }),
  json: jsonOption('run.json'),
  ...commonOptions,
};

export type TrainOptions = Values<typeof trainOptions>;
