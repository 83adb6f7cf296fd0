import { type DecodedPicture, encodePng, type Picture } from '@weft/data';
import { recordText } from '@weft/report';
import { givenPath } from '../commands/trained-models.js';
import { shownPath } from '../run/directory.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import { BadPictures, type OnBadImage } from './bad-pictures.js';
import { cleanPictures } from './clean-pictures.js';
import { type Improvement, improvementTable, meanQuality, qualityOf } from './compare-pictures.js';
import { findPictures } from './find-pictures.js';
import { Limited, WRITES_AT_A_TIME } from './limited.js';
import { planPictures } from './output-place.js';
import { type PictureModel, reconstructorFrom } from './picture-model.js';
import type { Form } from './prepare-picture.js';
import { BadPictureError, readPicture } from './read-picture.js';
import { announce, pictureProgress, withSession } from './session.js';
import { type PictureInTask, type PictureResult, throughModel } from './through-model.js';

/** What `weft denoise` and `weft reconstruct` have been asked for. */
export interface Restoration {
  /** For the progress, such as `Denoising`. */
  readonly doing: string;
  readonly model: PictureModel;
  readonly from: string;
  readonly out: string;
  readonly form: Form;
  /** Size of the results of a model that takes resized pictures. */
  readonly outputSize: 'picture' | 'model';
  /** Path of clean pictures to compare with; the pictures themselves, before noise is added, if `alter` is given. */
  readonly clean: string | undefined;
  /** Adds noise to a picture. */
  readonly alter?: ((picture: DecodedPicture, found: PictureInTask) => Picture) | undefined;
  /** Whether what `alter` has made is written too. */
  readonly keepNoisy: boolean;
  readonly overwrite: boolean;
  readonly onBadImage: OnBadImage;
  readonly threads: number;
  readonly json: boolean;
  /** Facts for the JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

const ENDINGS = ['.png', '.noisy.png'] as const;

/**
 * Puts pictures through a model and writes what it makes of them as PNG.
 *
 * @returns the exit code
 */
export async function restorePictures(asked: Restoration, terminal: Terminal): Promise<number> {
  const { model, out, form, alter, onBadImage, threads } = asked;
  const network = reconstructorFrom(model);
  const found = await findPictures(givenPath(asked.from), givenPath(out));
  const clean = asked.clean === undefined ? undefined : await cleanPictures(found, givenPath(asked.clean));
  const endings = asked.keepNoisy ? ENDINGS : ENDINGS.slice(0, 1);
  const { files, names } = await planPictures(found, out, { overwrite: asked.overwrite, endings });
  const bad = new BadPictures(onBadImage, terminal);
  for (const { path, reason } of found.bad) bad.add(path, reason);
  const { pictures } = found;
  const written: Written[] = [];
  await withSession({ threads, terminal }, async ({ pool, signal }) => {
    announce(model, pictures.length, terminal);
    const progress = pictureProgress(asked.doing, pictures.length, terminal);
    const writing = new Limited(WRITES_AT_A_TIME);
    const task = { pictures, model, network, form, pool, signal, bad, ...(alter && { alter }) };
    try {
      for await (const result of throughModel(task)) {
        const { path, number } = result.found;
        try {
          const made = result.prepared.restore(result.outputs, asked.outputSize);
          const wanted = clean ? await cleanPicture(clean.get(path) ?? '', result.picture) : alter && result.original;
          const [name, noisyName] = names.get(path) ?? [];
          const write = (file: string, picture: Picture) => writing.begin(() => files.write(file, encodePng(picture)));
          if (noisyName !== undefined) await write(noisyName, result.picture);
          await write(name, made);
          written.push(writtenOf(result, made, files.place(name), wanted));
        } catch (error) {
          if (!(error instanceof BadPictureError)) throw error;
          bad.add(path, error.message);
        }
        progress(number + 1);
        signal.throwIfAborted();
      }
    } finally {
      await writing.settle();
    }
    writing.throwFailure();
  });
  report(asked, written, bad, terminal);
  return bad.conclude(pictures.length + found.bad.length);
}

/** A result, as the JSON has it. */
interface Written extends Partial<Improvement> {
  readonly path: string;
  readonly output: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly depth: number;
}

function writtenOf(
  { found, picture }: PictureResult,
  made: Picture,
  place: string,
  clean: Picture | undefined,
): Written {
  const { height, width, channels, depth } = made;
  const facts = { path: found.path, output: shownPath(place), height, width, channels, depth };
  if (!clean) return facts;
  return { ...facts, before: qualityOf(picture, clean), after: qualityOf(made, clean) };
}

async function cleanPicture(place: string, noisy: Picture): Promise<Picture> {
  const clean = await readPicture(place).catch((cause) => {
    if (!(cause instanceof BadPictureError)) throw cause;
    throw new BadPictureError(`Its clean picture ${shownPath(place)} cannot be used. ${cause.message}`, { cause });
  });
  if (clean.height === noisy.height && clean.width === noisy.width) return clean;
  throw new BadPictureError(
    `It has ${noisy.height} x ${noisy.width} pixels (height x width), but its clean picture ${clean.height} x ${clean.width}.`,
  );
}

function report(asked: Restoration, written: readonly Written[], bad: BadPictures, terminal: Terminal): void {
  const compared = written.filter((each): each is Written & Improvement => each.before !== undefined);
  if (asked.json) {
    const { path, title } = asked.model.saved;
    const mean = compared.length > 0 && {
      mean: {
        before: meanQuality(compared.map(({ before }) => before)),
        after: meanQuality(compared.map(({ after }) => after)),
      },
    };
    const record = { model: { path, title }, ...asked.facts, ...mean, pictures: written, bad: bad.list };
    terminal.print(recordText(record).trimEnd());
    return;
  }
  if (compared.length > 0) terminal.result(improvementTable(compared));
  const shown = written.length === 1 ? written[0].output : `${formatCount(written.length)} pictures in ${asked.out}`;
  if (written.length > 0) terminal.result(`Written: ${shown}`);
}
