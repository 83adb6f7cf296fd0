import { type BaseModel, Weight } from '@weft/nn';
import type { PreparedTraining } from './prepare-training.js';

/** Frozen weights that were spoken of. */
const toldOf = new WeakSet<Weight>();

/** Says once that a model which a loss calls, and which is not trained, keeps its weights. */
export function warnOfFrozenModels({ traced, source }: PreparedTraining, warn: (message: string) => void): void {
  const own = new Set(source.weights.map(({ weight }) => weight));
  const called = traced.flatMap(({ leaves, placeholders }) =>
    leaves.slice(placeholders).map((leaf) => Weight.of(leaf)),
  );
  const frozen = called.filter((weight) => weight !== undefined && !own.has(weight) && !toldOf.has(weight));
  if (frozen.length === 0) return;
  for (const weight of frozen) toldOf.add(weight as Weight);
  warn(
    'A loss calls a model that fit does not train: its weights are frozen at their present values. To train them, name the model in updates.',
  );
}

/** What a model was trained with before. */
interface PastTraining {
  /** Epochs that were done. */
  epochs: number;
  isTold: boolean;
}

/** For each model, by seed. */
const past = new WeakMap<BaseModel, Map<number, PastTraining>>();

function pastOf(model: BaseModel, seed: number): PastTraining {
  const seeds = past.get(model) ?? new Map<number, PastTraining>();
  past.set(model, seeds);
  const known = seeds.get(seed) ?? { epochs: 0, isTold: false };
  seeds.set(seed, known);
  return known;
}

/** Says once that epochs which were trained before come again, with the same order of examples and the same draws. */
export function warnOfRepetition(
  { source, traced }: PreparedTraining,
  { initialEpoch, shuffle }: { readonly initialEpoch: number; readonly shuffle: boolean },
  warn: (message: string) => void,
): void {
  const { model, seed } = source;
  const known = pastOf(model, seed);
  const isRandom = shuffle || traced.some(({ program }) => program.operations.some(({ name }) => name === 'random'));
  if (!isRandom || known.isTold || initialEpoch >= known.epochs) return;
  known.isTold = true;
  warn(
    `The model ${model.name} was trained with seed ${seed} before: the same order of examples and the same draws come again. ` +
      `Give initialEpoch: ${known.epochs} to continue behind them, or another seed.`,
  );
}

/** Remembers how many epochs a model was trained with a seed. */
export function rememberEpochs({ model, seed }: PreparedTraining['source'], epochs: number): void {
  const known = pastOf(model, seed);
  known.epochs = Math.max(known.epochs, epochs);
}
