import { interpolate as interpolateLatents } from '@weft/models';
import { predict } from '@weft/pool';
import { interpolationFigure, recordText } from '@weft/report';
import { choice, wholeNumber } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { EXIT, InputError } from '../exit.js';
import { BadPictures } from '../pictures/bad-pictures.js';
import { chooseModel } from '../pictures/choose-model.js';
import { findPictures } from '../pictures/find-pictures.js';
import { asShown, figureNames, imageNames, writeFigure, writeImages } from '../pictures/made-images.js';
import { modelOption, overwriteOption, pictureOptions } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { autoencoderFrom, decoderFrom, type PictureModel, pictureModel } from '../pictures/picture-model.js';
import { type Session, withSession } from '../pictures/session.js';
import { throughModel } from '../pictures/through-model.js';
import { shownPath } from '../run/directory.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath } from './trained-models.js';

/** As many as a strip shows. */
const MOST_STEPS = 20;

const interpolateOptions = {
  model: modelOption,
  prepare: pictureOptions.prepare,
  steps: option({ kind: wholeNumber(2, MOST_STEPS), default: 10, help: 'How many images, both ends among them.' }),
  path: option<'linear' | 'spherical' | undefined>({
    kind: choice('linear', 'spherical'),
    default: undefined,
    defaultText: 'spherical for a variational autoencoder, else linear',
    help: 'linear goes straight from one latent to the other; spherical turns from the one direction to the other, as fits latents that follow N(0, 1).',
  }),
  overwrite: overwriteOption,
  threads: pictureOptions.threads,
  simd: pictureOptions.simd,
  json: jsonOption('what was written'),
  ...commonOptions,
};

export const interpolate: Command<typeof interpolateOptions> = {
  usage: 'weft interpolate MODEL A B OUT [options]',
  summary: 'Make images between two pictures with a trained model.',
  description:
    "Encodes the pictures A and B, prepared as in the model's training, and decodes latents at equal distances between theirs. Writes the images into the folder OUT as step-N.png, and a strip of them as a figure, interpolation.svg and interpolation.png. The images have the model's size and channels; the first and the last are the reconstructions of A and B. MODEL is a .safetensors file or a run's folder, of any model with a decoder.",
  options: interpolateOptions,
  positionals: { least: 4, most: 4 },
  async run({ values, positionals: [path, from, to, out], terminal }) {
    const { steps, overwrite, threads, json, prepare } = values;
    const saved = await chooseModel(path, values.model);
    const model = pictureModel(saved, { prepare, overlap: undefined });
    const autoencoder = autoencoderFrom(model);
    const decoder = decoderFrom(model, autoencoder);
    const way = values.path ?? (autoencoder.prior === 'normal' ? 'spherical' : 'linear');
    const names = imageNames('step', steps);
    const planned = [...names, ...figureNames('interpolation')];
    const pictures = [await onePicture(from, 'A'), await onePicture(to, 'B')];
    const inputs = pictures.map(({ place }) => place);
    const files = await OutputFiles.plan(givenPath(out), planned, { overwrite, inputs });
    await withSession({ threads, terminal }, async (session) => {
      const task = { model, network: autoencoder.encoder, pictures, terminal };
      const [a, b] = await twoLatents(task, session);
      const latents = { data: interpolateLatents(a, b, steps, { path: way }), shape: decoder.inputShape };
      const values = await predict(decoder, latents, session);
      session.signal.throwIfAborted();
      const made = { model, values, count: steps };
      await writeImages(made, names, files, session.signal);
      const { dataset, images } = asShown(made, steps);
      const figure = interpolationFigure({
        dataset,
        strips: [{ images }],
        name: 'interpolation',
        title: `From A to B with the ${saved.title}`,
        subtitle: `A is ${pictures[0].path}, B is ${pictures[1].path} · ${way} between their latents`,
      });
      await writeFigure(figure, files);
    });
    if (json) {
      const output = planned.map((name) => shownPath(files.place(name)));
      const record = { model: { path: saved.path, title: saved.title }, a: from, b: to, steps, path: way, output };
      terminal.print(recordText(record).trimEnd());
    } else {
      terminal.result(`Written: ${steps} images and interpolation.png in ${out}`);
    }
    return EXIT.ok;
  },
};

async function onePicture(path: string, name: string) {
  const { isFolder, pictures } = await findPictures(givenPath(path));
  if (!isFolder) return pictures[0];
  throw new InputError(`${name}: ${path} is a folder, expected a picture. Give a PNG, JPEG or TIFF file.`);
}

async function twoLatents(
  task: {
    readonly model: PictureModel;
    readonly network: ReturnType<typeof autoencoderFrom>['encoder'];
    readonly pictures: readonly { readonly path: string; readonly place: string }[];
    readonly terminal: Terminal;
  },
  session: Session,
): Promise<Float32Array[]> {
  const bad = new BadPictures('stop', task.terminal);
  const latents: Float32Array[] = [];
  for await (const { found, prepared, outputs } of throughModel({ ...task, ...session, form: 'trained', bad })) {
    if (prepared.count > 1) {
      throw new InputError(
        `${found.path}: it is cut into ${prepared.count} tiles, each with a latent of its own. Give a picture of at most ${task.model.height} x ${task.model.width} pixels, or --prepare resize.`,
      );
    }
    latents.push(outputs);
  }
  return latents;
}
