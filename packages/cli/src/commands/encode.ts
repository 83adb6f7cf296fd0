import { basename, dirname } from 'node:path';
import { recordText } from '@weft/report';
import { choice } from '../arguments/kinds.js';
import { option, type Values } from '../arguments/table.js';
import { BadPictures } from '../pictures/bad-pictures.js';
import { chooseModel } from '../pictures/choose-model.js';
import { findPictures } from '../pictures/find-pictures.js';
import { type LatentFormat, latentFormat } from '../pictures/latent-files.js';
import { checkEncoder, type Latents, latentsOf } from '../pictures/latents.js';
import { overwriteOption, pictureOptions } from '../pictures/options.js';
import { OutputFiles } from '../pictures/output-files.js';
import { autoencoderFrom, pictureModel } from '../pictures/picture-model.js';
import { thumbnailSide } from '../pictures/projector.js';
import { announce, pictureProgress, withSession } from '../pictures/session.js';
import { shownPath } from '../run/directory.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { type Command, commonOptions, jsonOption } from './command.js';
import { givenPath } from './trained-models.js';

const encodeOptions = {
  ...pictureOptions,
  rows: option<'picture' | 'tile'>({
    kind: choice('picture', 'tile'),
    default: 'picture',
    help: 'picture: a row for each picture, the mean over its tiles if it is cut; tile: a row for each tile.',
  }),
  overwrite: overwriteOption,
  json: jsonOption('what was written'),
  ...commonOptions,
};

export const encode: Command<typeof encodeOptions> = {
  usage: 'weft encode MODEL IN OUT [options]',
  summary: 'Write the latents of pictures, for other programs.',
  description:
    "Puts pictures through the encoder of a model, prepared as in its training, and writes a row of numbers for each. OUT.npy: an array [rows, numbers] of float32, with OUT.rows.csv beside it, a line a row; OUT.npz: the same as its array 'latents'; OUT.csv: path, label and numbers; OUT.safetensors: the tensor 'latents', with paths and labels as JSON in the metadata; OUT: a folder for TensorBoard's Embedding Projector. Rows are in the order of paths; the label is the name of the folder that a picture lies in. Of a variational autoencoder the means are written. All latents are kept in memory until they are written, at most 2 GB. Exit codes: 0 all done, 1 failure, 2 wrong usage, 3 the model, or a picture, is missing, damaged or does not fit.",
  options: encodeOptions,
  positionals: { least: 3, most: 3 },
  run: ({ values, positionals: [path, from, out], terminal }) => encodePictures(values, { path, from, out }, terminal),
};

type EncodeOptions = Values<typeof encodeOptions>;

async function encodePictures(
  options: EncodeOptions,
  { path, from, out }: { readonly path: string; readonly from: string; readonly out: string },
  terminal: Terminal,
): Promise<number> {
  const place = givenPath(out);
  const format = latentFormat(basename(place));
  const saved = await chooseModel(path, options.model);
  const model = pictureModel(saved, options);
  const { encoder } = autoencoderFrom(model);
  checkEncoder(encoder, saved.path);
  const found = await findPictures(givenPath(from), place);
  const { pictures } = found;
  const inputs = pictures.map((picture) => picture.place);
  const folder = format.hasThumbnails ? place : dirname(place);
  const files = await OutputFiles.plan(folder, format.names, { overwrite: options.overwrite, inputs });
  const bad = new BadPictures(options.onBadImage, terminal);
  for (const each of found.bad) bad.add(each.path, each.reason);
  const latents = await withSession({ threads: options.threads, terminal }, ({ pool, signal }) => {
    announce(model, pictures.length, terminal);
    return latentsOf(
      { pictures, model, network: encoder, form: 'trained', pool, signal, bad },
      {
        each: options.rows,
        thumbnail: format.hasThumbnails ? thumbnailSide(pictures.length) : undefined,
        onPicture: pictureProgress('Encoding', pictures.length, terminal),
      },
    );
  });
  if (latents.rows.length > 0) await writeLatents(format, latents, files);
  const written = latents.rows.length > 0 ? format.names.map((name) => shownPath(files.place(name))) : [];
  if (options.json) {
    const { rows, shape, size } = latents;
    const model = { path: saved.path, title: saved.title };
    const record = { model, rows: rows.length, size, latentShape: shape, output: written, bad: bad.list };
    terminal.print(recordText(record).trimEnd());
  } else if (written.length > 0) {
    terminal.result(
      `${formatCount(latents.rows.length)} rows of ${formatCount(latents.size)} numbers [${latents.shape}]\nWritten: ${written.join(', ')}`,
    );
  }
  return bad.conclude(pictures.length + found.bad.length);
}

async function writeLatents(format: LatentFormat, latents: Latents, files: OutputFiles): Promise<void> {
  for (const [name, content] of format.files(latents)) await files.write(name, content);
}
