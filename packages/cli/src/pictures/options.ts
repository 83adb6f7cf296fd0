import { choice, flag, type Kind, wholeNumber } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { simdOption, threadsOption } from '../commands/train-options.js';
import type { OnBadImage } from './bad-pictures.js';
import type { Preparation } from './picture-model.js';

/** A text of some meaning; the empty one is none. */
export const text = (placeholder: string, expected: string, example: string): Kind<string> => ({
  placeholder,
  expected,
  example,
  read: (given) => (given === '' ? undefined : given),
});

/** Which model. */
export const modelOption = option<string | undefined>({
  kind: text('KEY', 'the name of a model, such as cae', 'cae'),
  default: undefined,
  defaultText: 'the only one',
  help: "Which of the models in a run's folder to use.",
});

/** Worker threads of commands that do not train. */
export const pictureThreads = { ...threadsOption, help: 'Worker threads. No result depends on their number.' };

/** Options of commands that put pictures through a model. */
export const pictureOptions = {
  model: modelOption,
  prepare: option<Preparation['kind'] | undefined>({
    kind: choice('exact', 'resize', 'tile'),
    default: undefined,
    defaultText: "the model's own",
    help: "How a picture comes to the size of the model's images. exact: it must have it; resize: it is resized as a whole, by a bilinear filter with antialiasing; tile: it is cut into tiles of that size, and smaller ones are filled up by reflection.",
  }),
  overlap: option<number | undefined>({
    kind: wholeNumber(0),
    default: undefined,
    defaultText: "the model's own, or half a tile",
    help: 'Pixels that neighbouring tiles share. Results fade there from one tile to the next, so that there are no seams.',
  }),
  onBadImage: option<OnBadImage>({
    kind: choice('skip', 'stop'),
    default: 'stop',
    help: 'What to do with a file that is damaged or does not fit. skip: name it, do the others, and exit with 3; stop: end at the first with 3. What was written by then stays.',
  }),
  threads: pictureThreads,
  simd: simdOption,
};

/** For commands that write files. */
export const overwriteOption = option({
  kind: flag,
  default: false,
  help: 'Replace files that are there already. Pictures that are read are never replaced.',
});

/** For commands that write pictures. */
export const outputSizeOption = option<'picture' | 'model'>({
  kind: choice('picture', 'model'),
  default: 'picture',
  help: "Of a model that takes resized pictures: picture resizes its results back to the picture's size, so that details finer than the model's pixels are lost; model leaves them in the model's size.",
});
