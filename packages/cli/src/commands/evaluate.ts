import { WorkerPool } from '@weft/pool';
import { recordText } from '@weft/report';
import { choice, folder, number, wholeNumber } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { noise } from '../arguments/training-texts.js';
import { EXIT, InputError, UsageError } from '../exit.js';
import { DATASETS, type DataRequest, loadData } from '../run/load-data.js';
import { checkFits, type GivenPictures } from '../run/model-card.js';
import { noiseOf, refuseTwoNoises } from '../run/noise.js';
import { datasetTitle, testTable } from '../run/results-table.js';
import { type TestResult, testModel } from '../run/test-model.js';
import { weightsSha256 } from '../run/weights-sha256.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { printable } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption, testLimitOption, threadsOption, trainOptions } from './train-options.js';
import { denoises, givenPath, type SavedModel, savedModels } from './trained-models.js';

/** Of a model whose file does not say what it was trained with. */
const STANDARD_SEED = 42;

const { quick: _quick, ...testLimit } = testLimitOption;

const evaluateOptions = {
  dataset: option<(typeof DATASETS)[number] | undefined>({
    kind: choice(...DATASETS),
    default: undefined,
    defaultText: "the model's own",
    help: 'Whose test images to use.',
  }),
  data: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'Use the test pictures of this folder, prepared as those that the model was trained on.',
  }),
  onBadImage: trainOptions.onBadImage,
  testLimit: option<number | undefined>(testLimit),
  noise: option<string | undefined>({
    kind: noise,
    default: undefined,
    defaultText: "the model's own",
    help: 'Noise for a model that denoises, such as gaussian:0.4 or blur:1.',
  }),
  noiseFactor: option<number | undefined>({
    kind: number({ from: 0, example: 0.4 }),
    default: undefined,
    defaultText: 'none',
    help: 'Short for --noise gaussian:X.',
  }),
  seed: option<number | undefined>({
    kind: wholeNumber(0),
    default: undefined,
    defaultText: "the model's own",
    help: 'Decides the noise.',
  }),
  threads: threadsOption,
  simd: simdOption,
  json: jsonOption('the results'),
  ...commonOptions,
};

export const evaluate: Command<typeof evaluateOptions> = {
  usage: 'weft evaluate DIR|FILE.safetensors [options]',
  summary: 'Compute the test error of trained models.',
  description:
    "Tests the models in a run's folder, or the one in a file, as weft train does: on the same images with the same noise it finds the same numbers.",
  options: evaluateOptions,
  positionals: { least: 1, most: 1 },
  async run({ values: options, given, positionals: [path], terminal }) {
    refuseTwoNoises(given);
    if (options.data !== undefined && options.dataset !== undefined) {
      throw new UsageError('--dataset: --data was given as well, which takes its place. Give one of them.');
    }
    const saved = await savedModels(givenPath(path));
    const interrupt = listenForInterrupt(() => terminal.message('Interrupted.'));
    const { signal } = interrupt;
    try {
      // Not one training image is needed, but no data set is without any.
      const data = await loadData({ ...requestFor(saved[0], options), limit: 1 }, terminal, { signal });
      data.close();
      const { height, width, channels } = data.test;
      const pictures = { name: datasetTitle(data.name), height, width, channels };
      for (const model of saved) checkShapes(model, pictures);
      const pool = await WorkerPool.create({ threads: options.threads });
      try {
        const tested: { saved: SavedModel; result: TestResult; noise: Noise | undefined }[] = [];
        for (const model of saved) {
          terminal.show(`Testing ${printable(model.path)}`);
          const noise = denoises(model) ? noiseFor(model, options) : undefined;
          const set = { images: data.test, noise: noise?.noise, seed: noise?.seed ?? STANDARD_SEED };
          tested.push({ saved: model, result: await testModel(model.model, set, { pool, signal }), noise });
        }
        terminal.show(undefined);
        if (options.json) {
          const models = tested.map(({ saved: { path, model }, result, noise }) => ({
            path,
            name: model.name,
            weightsSha256: weightsSha256(model),
            ...noise,
            testError: result.testError,
            psnr: result.psnr,
            ssim: result.ssim,
          }));
          terminal.print(recordText({ dataset: data.name, testCount: data.test.count, models }).trimEnd());
        } else {
          const heading = `${datasetTitle(data.name)}, ${data.test.count.toLocaleString('en-GB')} test images`;
          terminal.result(
            `${heading}\n${testTable(tested.map(({ saved: { title }, result }) => ({ name: title, result })))}`,
          );
        }
        return EXIT.ok;
      } finally {
        await pool.close();
      }
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};

interface Noise {
  readonly noise: string;
  readonly seed: number;
}

function noiseFor({ card }: SavedModel, options: Values<typeof evaluateOptions>): Noise {
  const isAsked = options.noise !== undefined || options.noiseFactor !== undefined;
  return {
    noise: isAsked ? noiseOf(options) : (card.noise ?? noiseOf({})),
    seed: options.seed ?? card.seed ?? STANDARD_SEED,
  };
}

/** The images to test a model on: those that are asked for, else those of the data set that it was trained on. */
function requestFor({ path, card }: SavedModel, options: Values<typeof evaluateOptions>): DataRequest {
  const { data, onBadImage, testLimit, threads } = options;
  const own = DATASETS.find((name) => name === card.dataset);
  if (data === undefined) {
    // Files of models from elsewhere do not say what they were trained on.
    if (options.dataset === undefined && own === undefined && card.dataset !== undefined) {
      throw new InputError(
        `${path}: the model was trained on pictures of one's own, ${printable(card.dataset)}. Give their folder with --data DIR.`,
      );
    }
    return { dataset: options.dataset ?? own ?? 'auto', testLimit };
  }
  const { height, width, resize, tile, overlap, channels } = card;
  return {
    dataset: 'auto',
    data,
    onBadImage,
    testLimit,
    threads,
    ...(resize !== undefined && { size: `${height}x${width}` }),
    ...(tile !== undefined && { tile, overlap: overlap ?? 0 }),
    channels: ([1, 3, 4] as const).find((count) => count === channels),
  };
}

const shapesText = (tensors: readonly { readonly shape: readonly number[] }[]) =>
  tensors.map(({ shape }) => `[${shape.join(',')}]`).join(' and ');

/** @throws InputError if a model is no autoencoder of images, or one for images of another size */
function checkShapes({ path, model, card }: SavedModel, images: GivenPictures): void {
  const [given, made] = [model.inputs, model.outputs].map(shapesText);
  const [height, width, channels, ...more] = model.inputs[0].shape;
  if (given !== made || channels === undefined || more.length > 0) {
    const image = `[${images.height},${images.width},${images.channels}]`;
    throw new InputError(
      `${path}: the model makes ${made} of ${given}, but images of ${images.name} are ${image}, and the test compares them with what the model makes of them. Give an autoencoder for such images.`,
    );
  }
  const faults = checkFits({ height, width, channels, ...(card.model !== undefined && { model: card.model }) }, images);
  if (faults.length > 0) throw new InputError(`${path}: ${faults.join(' ')} Give images that fit.`);
}
