import { bootstrapInterval, confusionMatrix, type Interval } from '@weft/analysis';
import type { ClassifierAnswer, ClassifierTask } from './classifiers.js';
import type { Features } from './examples.js';

/** Decides the samples of the bootstrap. */
const SEED = 42;

/** What a classifier has come to with one kind of features. */
export interface Judged extends ClassifierAnswer {
  readonly classifier: ClassifierTask['classifier'];
  readonly features: Omit<Features, 'values'>;
  /** Share of test examples that are put into their class. */
  readonly accuracy: Interval;
  /** Counts, row-major, [true class, predicted class]. */
  readonly confusion: Uint32Array;
}

/** A classifier's latents against its pixels. */
export interface Contrast {
  readonly classifier: ClassifierTask['classifier'];
  /** Accuracy with latents minus that with pixels, example by example. */
  readonly difference: Interval;
}

/** How well a classifier's answers fit the true classes. */
export function judge(
  { key, name, size }: Features,
  classifier: ClassifierTask['classifier'],
  answer: ClassifierAnswer,
  { labels, classCount }: { readonly labels: Uint8Array; readonly classCount: number },
): Judged {
  const right = Float64Array.from(labels, (label, index) => Number(answer.predicted[index] === label));
  return {
    ...answer,
    classifier,
    features: { key, name, size },
    accuracy: bootstrapInterval(right, { seed: SEED }),
    confusion: confusionMatrix(labels, answer.predicted, classCount),
  };
}

/** Latents against pixels, for each classifier. */
export function contrasts(judged: readonly Judged[], labels: Uint8Array): Contrast[] {
  const of = (classifier: Judged['classifier'], key: Features['key']) =>
    judged.find((each) => each.classifier === classifier && each.features.key === key)?.predicted;
  return [...new Set(judged.map(({ classifier }) => classifier))].flatMap((classifier) => {
    const [latents, pixels] = [of(classifier, 'latents'), of(classifier, 'pixels')];
    if (!latents || !pixels) return [];
    const differences = Float64Array.from(
      labels,
      (label, index) => Number(latents[index] === label) - Number(pixels[index] === label),
    );
    return [{ classifier, difference: bootstrapInterval(differences, { seed: SEED }) }];
  });
}
