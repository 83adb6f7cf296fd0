import { type BadPicture, layoutOf } from '@weft/data';
import { InputError } from '../exit.js';
import { type FoundPicture, findPictures } from '../pictures/find-pictures.js';
import { shownPath } from '../run/directory.js';

/** What folders of normal pictures are called. */
const NORMAL = new Set(['good', 'normal']);

/** A picture to be scored. */
export interface LabelledPicture extends FoundPicture {
  /** The folder of its class, where there are classes. */
  readonly className: string | undefined;
  /** Whether it is known to be anomalous; undefined where there are no labels. */
  readonly isAnomalous: boolean | undefined;
  /** Where the mask of its defects lies. */
  readonly mask: string | undefined;
}

/** The pictures of a folder, with what its folders say of them. */
export interface LabelledPictures {
  readonly pictures: readonly LabelledPicture[];
  /** Name of the class that is normal; undefined where none is. */
  readonly normalClass: string | undefined;
  readonly bad: readonly BadPicture[];
  /** Sentences for the user. */
  readonly warnings: readonly string[];
}

/**
 * Finds the pictures to be scored. Of a folder with `train` and `test` these are the pictures of `test`, and masks are
 * found in `ground_truth`; else they are all. Where one of the class folders is `good` or `normal`, its pictures are normal
 * and all others anomalous.
 *
 * @param path absolute
 * @param out  the folder of results: it holds none of them
 * @throws InputError if there are none
 */
export async function labelledPictures(path: string, out: string): Promise<LabelledPictures> {
  const found = await findPictures(path, out);
  const layout = layoutOf(found.pictures.map((picture) => picture.path));
  const { isSplit, classNames, sets, masks, warnings } = layout;
  const chosen = isSplit ? sets.test : sets.train;
  if (chosen.length === 0 && isSplit) {
    throw new InputError(
      `${shownPath(path)} has a folder train, but no pictures in test. Put those that are to be scored into test, or give their own folder.`,
    );
  }
  if (classNames.includes('ground_truth')) {
    throw new InputError(
      `${shownPath(path)} has a folder ground_truth, but none called train: masks of defects are told from pictures only where there are train, test and ground_truth. Give the folder that holds all three, or that of the pictures.`,
    );
  }
  const normalClass = classNames.find((name) => NORMAL.has(name.toLowerCase()));
  const pictures = chosen.map(({ picture, label }): LabelledPicture => {
    const className = classNames[label];
    const mask = masks.get(picture);
    return {
      ...found.pictures[picture],
      className,
      isAnomalous: normalClass === undefined ? undefined : className !== normalClass,
      mask: mask === undefined ? undefined : found.pictures[mask].place,
    };
  });
  return { pictures, normalClass, bad: found.bad, warnings };
}

/**
 * Pictures that are all normal, for a threshold.
 *
 * @throws InputError if there are none, or the folder holds others too
 */
export async function normalPictures(path: string): Promise<Pick<LabelledPictures, 'pictures' | 'bad'>> {
  const { pictures, bad } = await findPictures(path);
  const { classNames, sets } = layoutOf(pictures.map((picture) => picture.path));
  const others = classNames.filter((name) => !NORMAL.has(name.toLowerCase()));
  if (sets.test.length > 0 || (others.length > 0 && others.length < classNames.length)) {
    throw new InputError(
      `--normal: ${shownPath(path)} holds other pictures besides normal ones, in folders such as ${others[0] ?? 'test'}. Give the folder of normal pictures alone.`,
    );
  }
  const unlabelled = { className: undefined, isAnomalous: undefined, mask: undefined };
  return { pictures: pictures.map((picture) => ({ ...picture, ...unlabelled })), bad };
}
