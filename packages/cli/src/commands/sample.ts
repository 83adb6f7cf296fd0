import { AUTOENCODERS, sampleLatents } from '@weft/models';
import { predict } from '@weft/pool';
import { recordText, samplesFigure } from '@weft/report';
import { wholeNumber } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { EXIT, InputError } from '../exit.js';
import { chooseModel } from '../pictures/choose-model.js';
import { asShown, figureNames, imageNames, writeFigure, writeImages } from '../pictures/made-images.js';
import { modelOption, overwriteOption, pictureThreads } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { autoencoderFrom, decoderFrom, pictureModel } from '../pictures/picture-model.js';
import { withSession } from '../pictures/session.js';
import { shownPath } from '../run/directory.js';
import { formatCount } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { simdOption } from './train-options.js';
import { givenPath } from './trained-models.js';

/** More would fill a folder rather than show anything. */
const MOST_SAMPLES = 10_000;
/** Images of the figure. */
const MOST_SHOWN = 100;

const sampleOptions = {
  model: modelOption,
  count: option({ kind: wholeNumber(1, MOST_SAMPLES), default: 64, help: 'How many images to make.' }),
  seed: option({
    kind: wholeNumber(0),
    default: 42,
    help: 'Decides the latents. The first images are the same for any --count.',
  }),
  overwrite: overwriteOption,
  threads: pictureThreads,
  simd: simdOption,
  json: jsonOption('what was written'),
  ...commonOptions,
};

export const sample: Command<typeof sampleOptions> = {
  usage: 'weft sample MODEL OUT [options]',
  summary: 'Make images of random latents with a variational autoencoder.',
  description:
    "Draws latents from N(0, 1), puts them through the decoder of a model whose latents follow this distribution, such as a variational autoencoder, and writes an image of each into the folder OUT as sample-N.png, and the first 100 as a figure, samples.svg and samples.png. MODEL is a .safetensors file or a run's folder.",
  options: sampleOptions,
  positionals: { least: 2, most: 2 },
  async run({ values: { count, seed, overwrite, threads, json, model: key }, positionals: [path, out], terminal }) {
    const saved = await chooseModel(path, key);
    const model = pictureModel(saved, { prepare: undefined, overlap: undefined });
    const autoencoder = autoencoderFrom(model);
    if (autoencoder.prior !== 'normal') {
      throw new InputError(
        `${saved.path}: the latents of ${AUTOENCODERS[autoencoder.key].longName} follow no known distribution, so that there is nothing to draw from. Give a variational autoencoder: weft train --model vae.`,
      );
    }
    const decoder = decoderFrom(model, autoencoder);
    const names = imageNames('sample', count);
    const planned = [...names, ...figureNames('samples')];
    const files = await OutputFiles.plan(givenPath(out), planned, { overwrite });
    await withSession({ threads, terminal }, async ({ pool, signal }) => {
      terminal.show(`Making ${formatCount(count)} images`);
      const latents = { data: sampleLatents(autoencoder, count, seed), shape: decoder.inputShape };
      const values = await predict(decoder, latents, { pool, signal });
      signal.throwIfAborted();
      const made = { model, values, count };
      await writeImages(made, names, files, signal);
      const figure = samplesFigure({
        ...asShown(made, MOST_SHOWN),
        name: 'samples',
        title: `Samples of the ${saved.title}`,
        subtitle: `Decoded from latents drawn from N(0, 1) · seed ${seed}`,
      });
      await writeFigure(figure, files);
    });
    if (json) {
      const output = planned.map((name) => shownPath(files.place(name)));
      const record = { model: { path: saved.path, title: saved.title }, count, seed, output };
      terminal.print(recordText(record).trimEnd());
    } else {
      terminal.result(`Written: ${formatCount(count)} images and samples.png in ${out}`);
    }
    return EXIT.ok;
  },
};
