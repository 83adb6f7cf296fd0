import type { Callback } from './callbacks/callback.js';
import { shown } from './options/shown.js';
import type { UpdateSource } from './step/trace-update.js';

/** Callbacks that set learning rates. */
const setters = (callbacks: readonly Callback[]) => callbacks.filter(({ nextLearningRate }) => nextLearningRate);

/**
 * Names of learning rates in the logs: `learning_rate`, or `learning_rate_critic` and so on where there are several
 * updates. None where no learning rate can change.
 */
export function learningRateNames(updates: readonly UpdateSource[], callbacks: readonly Callback[]): string[] {
  const change = updates.some(({ optimizer }) => typeof optimizer.learningRate !== 'number');
  if (!change && setters(callbacks).length === 0) return [];
  return updates.map(({ name }) =>
    updates.length === 1 ? 'learning_rate' : `learning_rate_${name.replace(/_loss$/, '')}`,
  );
}

/** The learning rates of a training: numbers that callbacks may set before each epoch, or schedules. */
export class LearningRates {
  private readonly names: readonly string[];
  private readonly setters: readonly Callback[];
  /** By update, those that callbacks have set; none where no callback does. */
  private current: number[] = [];

  /** @throws RangeError if a callback sets what is a schedule, or what the optimiser does not use */
  constructor(
    private readonly updates: readonly UpdateSource[],
    callbacks: readonly Callback[],
  ) {
    this.names = learningRateNames(updates, callbacks);
    this.setters = setters(callbacks);
    const [setter] = this.setters;
    if (!setter) return;
    this.current = updates.map(({ optimizer }) => {
      const { name, learningRate } = optimizer;
      const start = `fit: ${setter.constructor.name} sets learning rates, but`;
      if (typeof learningRate !== 'number') {
        throw new RangeError(
          `${start} that of ${name} is a schedule. Give ${name} a number, or leave the callback out.`,
        );
      }
      if (optimizer.scalars(1, 1).join() === optimizer.scalars(1, 2).join()) {
        throw new RangeError(
          `${start} scalars of ${name} does not use the one that it is given. Compute its numbers from its second parameter.`,
        );
      }
      return learningRate;
    });
  }

  /** Asks callbacks for the rates of an epoch that begins, one after another. */
  beginEpoch(epoch: number): void {
    this.current = this.current.map((rate, update) =>
      this.setters.reduce((before, callback) => {
        const name = this.updates[update].name.replace(/_loss$/, '');
        const next: unknown = callback.nextLearningRate?.(epoch, before, name);
        if (typeof next === 'number' && next >= 0 && next < Number.POSITIVE_INFINITY) return next;
        throw new RangeError(
          `${callback.constructor.name}: the learning rate of epoch ${epoch} is ${shown(next)}; expected a number from 0.`,
        );
      }, rate),
    );
  }

  /** What callbacks have set, by update, copied: for checkpoints. */
  copy(): readonly number[] {
    return [...this.current];
  }

  /** Takes up what `copy` gave. */
  restore(rates: readonly number[]): void {
    if (rates.length === this.current.length) this.current = [...rates];
  }

  /** For the logs: the rates after so many steps. */
  logs(steps: number): Readonly<Record<string, number>> {
    const entries = this.names.map((name, update) => {
      const { learningRate } = this.updates[update].optimizer;
      const rate = typeof learningRate === 'number' ? learningRate : learningRate.at(steps);
      return [name, this.current[update] ?? rate];
    });
    return Object.fromEntries(entries);
  }
}
