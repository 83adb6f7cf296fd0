import { chooseModel } from '../pictures/choose-model.js';
import { outputSizeOption, overwriteOption, pictureOptions } from '../pictures/options.js';
import { pictureModel } from '../pictures/picture-model.js';
import { restorePictures } from '../pictures/restore-pictures.js';
import { type Command, commonOptions, jsonOption } from './command.js';

const reconstructOptions = {
  ...pictureOptions,
  outputSize: outputSizeOption,
  overwrite: overwriteOption,
  json: jsonOption('the results'),
  ...commonOptions,
};

export const reconstruct: Command<typeof reconstructOptions> = {
  usage: 'weft reconstruct MODEL IN OUT [options]',
  summary: 'Write what a trained model makes of pictures.',
  description:
    "Puts a PNG, JPEG or TIFF picture, or all of a folder, through a model, prepared as in its training: with the model's channels (colours become luma for a grey model, alpha is laid on black). Writes PNG files with these channels and the picture's size and bits (8 or 16). MODEL is a .safetensors file or a run's folder. OUT is a file for a file and a folder for a folder, with the same folders in it. Exit codes: 0 all done, 1 failure, 2 wrong usage, 3 the model, or a picture, is missing, damaged or does not fit.",
  options: reconstructOptions,
  positionals: { least: 3, most: 3 },
  async run({ values, positionals: [path, from, out], terminal }) {
    const model = pictureModel(await chooseModel(path, values.model), values);
    const asked = { ...values, model, from, out, doing: 'Reconstructing', form: 'trained', facts: {} } as const;
    return restorePictures({ ...asked, clean: undefined, keepNoisy: false }, terminal);
  },
};
