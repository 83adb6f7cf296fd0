import { flag, wholeNumber } from '../arguments/kinds.js';
import { kebab, option, type Values } from '../arguments/table.js';
import { noise } from '../arguments/training-texts.js';
import { UsageError } from '../exit.js';
import { noiseAdder } from '../pictures/add-noise.js';
import { chooseModel } from '../pictures/choose-model.js';
import { outputSizeOption, overwriteOption, pictureOptions, text } from '../pictures/options.js';
import { pictureModel } from '../pictures/picture-model.js';
import { restorePictures } from '../pictures/restore-pictures.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { denoises } from './trained-models.js';

const denoiseOptions = {
  ...pictureOptions,
  clean: option<string | undefined>({
    kind: text('PATH', 'the path of a picture or a folder', 'clean'),
    default: undefined,
    defaultText: 'none',
    help: 'The clean pictures, by the same paths: error, PSNR and SSIM before and after are then printed. SSIM has a window of 11 pixels.',
  }),
  addNoise: option<string | undefined>({
    kind: noise,
    default: undefined,
    defaultText: 'none',
    help: 'Add noise to the pictures first, to try a model: they are clean themselves, and the results are compared with them.',
  }),
  seed: option({
    kind: wholeNumber(0),
    default: 42,
    help: 'Decides the noise of --add-noise, with the number of the picture among all.',
  }),
  keepNoisy: option({
    kind: flag,
    default: false,
    help: 'Write the pictures with their noise too, as NAME.noisy.png beside the results.',
  }),
  outputSize: outputSizeOption,
  overwrite: overwriteOption,
  json: jsonOption('the results'),
  ...commonOptions,
};

export const denoise: Command<typeof denoiseOptions> = {
  usage: 'weft denoise MODEL IN OUT [options]',
  summary: 'Take noise away from pictures with a trained model.',
  description:
    "Puts a PNG, JPEG or TIFF picture, or all of a folder, through a model, and writes PNG files of the same size, channels and bits (8 or 16). MODEL is a .safetensors file or a run's folder; how pictures are prepared stands in the model's file. OUT is a file for a file and a folder for a folder, with the same folders in it. A grey model takes each colour by itself; alpha that a model does not know is kept. Exit codes: 0 all done, 1 failure, 2 wrong usage, 3 the model, or a picture, is missing, damaged or does not fit.",
  options: denoiseOptions,
  positionals: { least: 3, most: 3 },
  async run({ values, given, positionals: [path, from, out], terminal }) {
    const { addNoise, seed, keepNoisy } = values;
    checkNoiseOptions(values, given);
    const saved = await chooseModel(path, values.model);
    if (!denoises(saved)) {
      terminal.warning(`${saved.path}: the ${saved.title} was not trained to take noise away.`);
    }
    const model = pictureModel(saved, values);
    const alter = addNoise === undefined ? undefined : noiseAdder(addNoise, seed);
    const facts = addNoise === undefined ? {} : { noise: addNoise, seed };
    const asked = { ...values, model, from, out, doing: 'Denoising', form: 'kept', alter, keepNoisy, facts } as const;
    return restorePictures(asked, terminal);
  },
};

function checkNoiseOptions({ addNoise, clean }: Values<typeof denoiseOptions>, given: ReadonlySet<string>): void {
  if (addNoise !== undefined && clean !== undefined) {
    throw new UsageError('--clean: with --add-noise the pictures are clean themselves. Leave one of them out.');
  }
  const useless = ['seed', 'keepNoisy'].find((name) => given.has(name));
  if (addNoise === undefined && useless !== undefined) {
    throw new UsageError(`--${kebab(useless)}: there is no noise to be added. Give --add-noise too, or leave it out.`);
  }
}
