import { setImmediate } from 'node:timers/promises';
import { bootstrapInterval, type Interval } from '@weft/analysis';
import type { Group } from './group-entries.js';
import type { Entry } from './test-runs.js';

/** Decides the samples of the bootstrap. */
const SEED = 42;
/** Probability of all intervals. */
export const LEVEL = 0.95;

/** What the errors of one model say. */
export interface Compared {
  readonly entry: Entry;
  /** Mean squared error over the test images, in squared pixel intensity; undefined if an error is not finite. */
  readonly error: Interval | undefined;
  /** Of the mean difference to the first model of the group, image by image; undefined for the first. */
  readonly difference: Interval | undefined;
}

/** A group with its intervals. */
export interface ComparedGroup extends Omit<Group, 'entries'> {
  readonly models: readonly Compared[];
}

/**
 * Intervals by the bootstrap over the test images, and those of differences in pairs.
 *
 * @throws the signal's reason if it was aborted
 */
export async function compareEntries(groups: readonly Group[], signal: AbortSignal): Promise<ComparedGroup[]> {
  const compared: ComparedGroup[] = [];
  for (const { entries, ...group } of groups) {
    const [first] = entries;
    const models: Compared[] = [];
    for (const entry of entries) {
      // Each takes a part of a second: Ctrl-C is looked at between them.
      await setImmediate();
      signal.throwIfAborted();
      const { errors } = entry.result;
      const differences = errors.map((error, image) => error - first.result.errors[image]);
      models.push({
        entry,
        error: intervalOf(errors),
        difference: entry === first ? undefined : intervalOf(differences),
      });
    }
    compared.push({ ...group, models });
  }
  return compared;
}

function intervalOf(values: Float64Array): Interval | undefined {
  return values.every(Number.isFinite) ? bootstrapInterval(values, { seed: SEED, level: LEVEL }) : undefined;
}

/** What is said of each difference. */
export function differenceSentences(groups: readonly ComparedGroup[]): string[] {
  return groups.flatMap(({ models: [first, ...others] }) =>
    others.flatMap(({ entry, error, difference }) => {
      if (!difference || !error || !first.error) return [];
      const change = (100 * Math.abs(difference.estimate)) / first.error.estimate;
      const direction = difference.estimate < 0 ? 'lower' : 'higher';
      const isClear = difference.lower > 0 || difference.upper < 0;
      if (difference.estimate === 0 && difference.lower === 0 && difference.upper === 0) {
        return [`${entry.name} has the same error as ${first.entry.name} on every test image.`];
      }
      return [
        `The test error of ${entry.name} is ${change.toPrecision(2)} % ${direction} than that of ${first.entry.name}; ${
          isClear
            ? 'the 95 % interval of the difference does not contain 0'
            : 'the 95 % interval of the difference contains 0, so the test images do not tell them apart'
        }.`,
      ];
    }),
  );
}
