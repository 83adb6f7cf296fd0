import { resolve } from 'node:path';
import { RandomStream } from '@weft/core';
import { openPictures, type PictureFolder, type PictureOptions, type RecordSet } from '@weft/data';
import { sizeOf } from '../arguments/picture-size.js';
import { InputError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount, printable } from '../terminal/text.js';
import { callersFolder } from './directory.js';
import { imagesBetween, type Records, type RunData, selected } from './run-data.js';

/** A folder of one's own pictures, or a `.npy` file. */
export interface FolderRequest {
  /** Path, relative to the folder of the caller. */
  readonly data: string;
  readonly size?: string | undefined;
  readonly tile?: number | undefined;
  readonly overlap?: number | undefined;
  readonly channels?: 1 | 3 | 4 | undefined;
  readonly onBadImage?: 'skip' | 'stop' | undefined;
  readonly testLimit?: number | undefined;
  readonly threads?: number | undefined;
}

/** Test images are held in memory, and so are all outputs for them: so many at most, and so many pixels. */
const [MOST_TESTED, MOST_PIXELS] = [10_000, 8e6];
/** The analysis of latents needs two. */
const LEAST_TESTED = 2;
/** More classes than a byte can tell are none. */
const MOST_CLASSES = 256;
/** Bad files that are named. */
const NAMED = 10;

/** Pictures are shuffled by a stream of their own, whatever the seed: the order is a part of the data. */
const STREAM = 0x70696374;

/**
 * Opens a folder of pictures as the images of a run. Their order is shuffled, the same way each time: classes lie in
 * folders, and the last part of the images, which validates, is to have all of them.
 *
 * @throws DataError if the folder cannot be read; InputError if it has too few pictures to test on; the signal's reason
 */
export async function openFolder(request: FolderRequest, terminal: Terminal, signal?: AbortSignal): Promise<RunData> {
  const { size, tile, overlap, channels, onBadImage, threads } = request;
  const options: PictureOptions = {
    ...(size !== undefined && { size: sizeOf(size) }),
    ...(tile !== undefined && { tile }),
    ...(overlap !== undefined && { overlap }),
    ...(channels !== undefined && { channels }),
    ...(onBadImage !== undefined && { onBadImage }),
    ...(threads !== undefined && { threads }),
    ...(signal && { signal }),
    onWarning: (message) => terminal.warning(message),
    onProgress: ({ phase, done, total }) => {
      terminal.show(`${PHASES[phase]} ${formatCount(done)} of ${formatCount(total)}`);
    },
  };
  try {
    const folder = await openPictures(resolve(callersFolder(), request.data), options);
    terminal.show(undefined);
    try {
      tellBadFiles(folder, terminal);
      return await asRunData(folder, request, terminal);
    } catch (error) {
      folder.close();
      throw error;
    }
  } finally {
    terminal.show(undefined);
  }
}

const PHASES = { look: 'Looking at picture', decode: 'Decoding picture', verify: 'Checking record' } as const;

function tellBadFiles({ bad }: PictureFolder, terminal: Terminal): void {
  if (bad.length === 0) return;
  const named = bad.slice(0, NAMED).map(({ path, reason }) => `\n  ${printable(path)}: ${printable(reason)}`);
  const more = bad.length > NAMED ? `\n  and ${formatCount(bad.length - NAMED)} more` : '';
  terminal.warning(
    `${formatCount(bad.length)} ${bad.length === 1 ? 'file is' : 'files are'} left out:${named.join('')}${more}`,
  );
}

async function asRunData(folder: PictureFolder, request: FolderRequest, terminal: Terminal): Promise<RunData> {
  const { test: tested, validation } = folder;
  if (!tested || tested.count < LEAST_TESTED) {
    throw new InputError(
      `--data: ${request.data} has ${tested?.count ?? 'no'} picture${tested?.count === 1 ? '' : 's'} to test on, expected at least ${LEAST_TESTED}. Put some into its folder test, or give more pictures, of which a fifth is held out.`,
    );
  }
  const most = Math.max(LEAST_TESTED, Math.min(MOST_TESTED, Math.floor(MOST_PIXELS / (tested.height * tested.width))));
  if (request.testLimit === undefined && tested.count > most) {
    terminal.message(
      `Of ${formatCount(tested.count)} test images ${formatCount(most)} are used, to spare memory; --test-limit N sets another number.`,
    );
  }
  const part = folder.classNames.length > 1 ? 'a fifth of each class' : 'a fifth';
  const test = await imagesBetween(shuffled(tested), 0, request.testLimit ?? most);
  return {
    name: folder.name,
    synthetic: false,
    classNames: folder.classNames.length > MOST_CLASSES ? [] : folder.classNames,
    checksums: { [folder.name]: folder.sha256 },
    origin: folder.isTestHeldOut
      ? `from ${request.data}, where ${part} was held out for testing`
      : `from ${request.data}`,
    train: shuffled(folder.train),
    ...(validation && { validation: shuffled(validation) }),
    test: { ...test, name: folder.name },
    preparation: {
      ...(request.size !== undefined && { resize: 'bilinear' }),
      ...(request.tile !== undefined && { tile: request.tile, overlap: request.overlap ?? 0 }),
    },
    close: () => folder.close(),
  };
}

/** A set in an order that is drawn; the tiles of a picture stay together. */
function shuffled(set: RecordSet): Records {
  const random = new RandomStream(0, STREAM);
  const pictures = [...set.pictures];
  for (let last = pictures.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [pictures[last], pictures[other]] = [pictures[other], pictures[last]];
  }
  const places = new Uint32Array(set.count);
  let at = 0;
  for (const { first, count } of pictures) for (let tile = 0; tile < count; tile++) places[at++] = first + tile;
  return selected(set, places);
}
