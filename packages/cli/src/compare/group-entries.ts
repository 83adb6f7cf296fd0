import { listText } from '@weft/study';
import { datasetTitle } from '../run/results-table.js';
import { formatCount } from '../terminal/text.js';
import type { Entry } from './test-runs.js';

/** Models whose errors can be compared: of the same test images, with noise of the same kind and strength. */
export interface Group {
  /** Such as `noisy`; for names of files. */
  readonly id: string;
  /** `clean inputs`, or `gaussian:0.4`; with the data set, where there are several. */
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Puts together what can be compared, in the order of the first of each. */
export function groupEntries(entries: readonly Entry[]): Group[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.images.sha256} ${entry.noise ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  const several = new Set(entries.map(({ images }) => images.sha256)).size > 1;
  return [...groups.values()].map((group, index) => ({
    id: String(index + 1),
    title: `${inputsText(group[0])}${several ? ` of ${imagesText(group[0])}` : ''}`,
    entries: group,
  }));
}

const inputsText = ({ noise }: Entry) => (noise === undefined ? 'clean inputs' : `inputs with noise ${noise}`);

const imagesText = ({ images }: Entry) =>
  `${datasetTitle(images.dataset.name)} (${formatCount(images.count)} test images)`;

/** Sentences that say what cannot be compared, and what to make of what can. */
export function cautions(groups: readonly Group[]): string[] {
  const firsts = groups.map(({ entries: [first] }) => first);
  const images = unique(firsts, ({ images: { sha256 } }) => sha256);
  const noises = unique(
    firsts.filter(({ noise }) => noise !== undefined),
    ({ noise }) => noise,
  );
  const kinds = new Set(firsts.map(({ noise }) => noise === undefined));
  const draws = groups.filter(
    ({ entries: [first, ...others] }) => first.noise !== undefined && others.some(({ seed }) => seed !== first.seed),
  );
  return [
    ...(groups.some(({ entries }) => entries.length > 1)
      ? [
          'Intervals say how much the choice of test images matters, not how much another seed of the training would change: weft study seeds tells that.',
        ]
      : []),
    ...(images.length > 1
      ? [
          `The runs were tested on different images, ${listText(images.map(imagesText))}: their errors are not comparable, and no difference between them is computed.`,
        ]
      : []),
    ...(noises.length > 1
      ? [
          `Inputs had different noise, ${listText(noises.map(({ noise }) => String(noise)))}: errors of models that were given different noise are not comparable.`,
        ]
      : []),
    ...(kinds.size > 1
      ? [
          'Errors of models that are given clean images are not comparable with those of models that are given noisy ones.',
        ]
      : []),
    ...(draws.length > 0
      ? [
          'Runs with different seeds are given noise of the same strength, but not the same noise: their differences hold that chance too.',
        ]
      : []),
  ];
}

function unique(entries: readonly Entry[], of: (entry: Entry) => unknown): Entry[] {
  return entries.filter((entry, index) => entries.findIndex((other) => of(other) === of(entry)) === index);
}
