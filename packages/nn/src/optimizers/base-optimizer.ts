import { add, mul, sub, type Tensor, where } from '@weft/core';
import { describe } from '@weft/core/program';
import { above0, flag, from0, positiveInteger, share } from '../options/readers.js';
import { type Checked, checked, type OptionsOf, type Reader, type Schema } from '../options/schema.js';
import { type LearningRate, rateAt, rateConfig } from '../schedules/schedule.js';
import { clipped, globalFactor } from './clipping.js';
import { at, checkStep, type Optimizer, type UpdateInput, type UpdateResult } from './optimizer.js';
import { matches, pathMatch } from './paths.js';

const GROUP = {
  /** The weights of the group. Of several groups that match a weight, the first counts. */
  match: pathMatch,
  /** By what the learning rate is multiplied. Default 1. */
  learningRateMultiplier: [from0, 1],
  /** In place of the optimiser's. */
  weightDecay: [from0, undefined],
  /** Whether its weights stay as they are, as if they were not trainable. Default false. */
  frozen: [flag, false],
} as const satisfies Schema;

/** Weights that are treated in a way of their own. */
export type OptimizerGroup = OptionsOf<typeof GROUP>;

const groupsOf: Reader<readonly OptimizerGroup[]> = (label, option, value) => {
  if (!Array.isArray(value)) {
    throw new RangeError(`${label}: ${option} is ${describe(value)}; expected an array of { match, ... }.`);
  }
  for (const [which, group] of value.entries()) checked(`${label}: ${option}: number ${which + 1}`, group, GROUP);
  return value;
};

/** Options of every optimiser, as Keras names them. */
export const COMMON_OPTIONS = {
  /**
   * Each step, the weight times learning rate times this is taken off before the update: decoupled from the gradient,
   * as in AdamW, for every optimiser. Default: none.
   */
  weightDecay: [from0, undefined],
  /** Weights that never decay, such as `biasesAndScales`. Default: all decay, as in Keras. */
  excludeFromWeightDecay: [pathMatch, undefined],
  /** Largest norm of each weight's gradient; a larger one is scaled down. */
  clipNorm: [above0, undefined],
  /** Largest size of each number of a gradient. */
  clipValue: [above0, undefined],
  /** Largest norm of all gradients together; above it all are scaled down alike. */
  globalClipNorm: [above0, undefined],
  /**
   * Whether moving averages of the weights are kept, in the slot `average`. `fit` and `finish` of `trainStep` end with them,
   * and a call of `fit` that continues another begins with them. Default false.
   */
  useEma: [flag, false],
  /** How much of the average stays in each step, from 0 to 1. Default 0.99. */
  emaMomentum: [share, 0.99],
  /** Steps after which the weights become their averages, again and again. Default: only at the end of `fit`. */
  emaOverwriteFrequency: [positiveInteger, undefined],
  /** Weights that are treated in a way of their own. Default: none. */
  groups: [groupsOf, []],
} as const satisfies Schema;

/** Options of every optimiser, as Keras names them. */
export type OptimizerOptions = OptionsOf<typeof COMMON_OPTIONS>;

type OptimizerSchema = Schema &
  typeof COMMON_OPTIONS & { readonly learningRate: readonly [Reader<LearningRate>, number] };

/** What a rule of update is given: gradients are clipped, and the weight has decayed. */
export interface RuleInput {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly state: readonly Tensor[];
  /** What `rateOf` gives, times the multiplier of the weight's group: []. */
  readonly rate: Tensor;
}

const isNone = (value: unknown) => value === undefined;

/** What the optimisers have in common: clipping, weight decay, moving averages, groups of weights. */
export abstract class BaseOptimizer<S extends OptimizerSchema> implements Optimizer {
  /** The options, with the defaults in their places. */
  readonly options: Checked<S>;
  private readonly common: Checked<OptimizerSchema>;
  /** Given if the gradients are clipped together. */
  readonly shared?: (gradients: readonly Tensor[]) => Tensor;

  protected constructor(
    readonly name: string,
    schema: S,
    options: unknown,
  ) {
    this.options = checked(name, options, schema);
    this.common = this.options as unknown as Checked<OptimizerSchema>;
    const { clipNorm, clipValue, globalClipNorm, useEma, emaOverwriteFrequency } = this.common;
    const { weightDecay, excludeFromWeightDecay, groups } = this.common;
    if ([clipNorm, clipValue, globalClipNorm].filter((limit) => limit !== undefined).length > 1) {
      throw new RangeError(`${name}: of clipNorm, clipValue and globalClipNorm only one can be given.`);
    }
    if (emaOverwriteFrequency !== undefined && !useEma) {
      throw new RangeError(
        `${name}: emaOverwriteFrequency is ${emaOverwriteFrequency} without useEma. Give useEma: true.`,
      );
    }
    const { emaMomentum } = (options ?? {}) as OptimizerOptions;
    if (emaMomentum !== undefined && !useEma) {
      throw new RangeError(`${name}: emaMomentum is ${emaMomentum} without useEma. Give useEma: true.`);
    }
    if (
      excludeFromWeightDecay !== undefined &&
      [weightDecay, ...groups.map((group) => group.weightDecay)].every(isNone)
    ) {
      throw new RangeError(`${name}: excludeFromWeightDecay without weightDecay: nothing decays. Give weightDecay.`);
    }
    if (globalClipNorm !== undefined) this.shared = (gradients) => globalFactor(gradients, globalClipNorm);
  }

  get learningRate(): LearningRate {
    return this.common.learningRate;
  }

  get slots(): readonly string[] {
    return [...this.ruleSlots, ...(this.common.useEma ? ['average'] : [])];
  }

  get finalSlot(): string | undefined {
    return this.common.useEma ? 'average' : undefined;
  }

  /** Slots of the rule itself. */
  protected abstract readonly ruleSlots: readonly string[];

  /** What the rule multiplies by in a step: the learning rate, unless the rule corrects it. */
  protected rateOf(_step: number, learningRate: number): number {
    return learningRate;
  }

  /** The weight and the rule's state after a step. */
  protected abstract rule(input: RuleInput): UpdateResult;

  /**
   * For weights without a group and for each group what the rule multiplies by; if weights decay, by how much, in the
   * same order; for moving averages how much stays of them, how much comes from the weights, and 1 where the weights
   * become their averages.
   */
  scalars(step: number, learningRate = rateAt(this.learningRate, step - 1)): readonly number[] {
    checkStep(this.name, step);
    const { useEma, emaMomentum, emaOverwriteFrequency } = this.common;
    const stays = step === 1 ? 0 : emaMomentum;
    const overwrites = emaOverwriteFrequency !== undefined && step % emaOverwriteFrequency === 0;
    return [
      ...this.settings.map(({ multiplier }) => multiplier * this.rateOf(step, learningRate)),
      ...(this.decays ? this.settings.map(({ multiplier, decay }) => learningRate * multiplier * decay) : []),
      ...(useEma ? [stays, 1 - stays, Number(overwrites)] : []),
    ];
  }

  update({ parameter, gradient, state, scalars, shared, path = '' }: UpdateInput): UpdateResult {
    const { useEma, emaOverwriteFrequency } = this.common;
    const group = this.groupOf(path);
    const { length } = this.settings;
    if (this.settings[group].frozen) return { parameter, state };
    const next = this.rule({
      parameter: this.decaysAt(path) ? sub(parameter, mul(parameter, at(scalars, length + group))) : parameter,
      gradient: clipped(gradient, this.common, shared),
      state: useEma ? state.slice(0, -1) : state,
      rate: at(scalars, group),
    });
    if (!useEma) return next;
    const first = this.decays ? 2 * length : length;
    const average = add(mul(state[state.length - 1], at(scalars, first)), mul(next.parameter, at(scalars, first + 1)));
    return {
      parameter:
        emaOverwriteFrequency === undefined ? next.parameter : where(at(scalars, first + 2), average, next.parameter),
      state: [...next.state, average],
    };
  }

  trained(paths: readonly string[]): readonly string[] {
    for (const [which, { match }] of this.common.groups.entries()) {
      if (paths.some((path) => matches(match, path))) continue;
      throw new RangeError(
        `${this.name}: groups: number ${which + 1} matches no weight. The weights are ${paths.join(', ')}.`,
      );
    }
    return paths.filter((path) => !this.settings[this.groupOf(path)].frozen);
  }

  /** All options but those of every optimiser that are as by default. */
  config(): Record<string, unknown> {
    const isDefault = (name: string, value: unknown) =>
      value === undefined || (COMMON_OPTIONS as Schema)[name]?.[1 as never] === value;
    const entries = Object.entries(this.options).filter(([name, value]) => !isDefault(name, value));
    return { ...Object.fromEntries(entries), learningRate: rateConfig(this.learningRate) };
  }

  /** What holds for weights without a group, and then for each group. */
  private get settings(): readonly { readonly multiplier: number; readonly decay: number; readonly frozen: boolean }[] {
    const { weightDecay = 0, groups } = this.common;
    const ofGroups = groups.map(({ learningRateMultiplier = 1, weightDecay: own = weightDecay, frozen = false }) => {
      return { multiplier: learningRateMultiplier, decay: own, frozen };
    });
    return [{ multiplier: 1, decay: weightDecay, frozen: false }, ...ofGroups];
  }

  /** Whether any weight may decay. */
  private get decays(): boolean {
    return this.settings.some(({ decay }) => decay > 0);
  }

  private decaysAt(path: string): boolean {
    const { excludeFromWeightDecay } = this.common;
    const isSpared = excludeFromWeightDecay !== undefined && matches(excludeFromWeightDecay, path);
    return !isSpared && this.settings[this.groupOf(path)].decay > 0;
  }

  /** 0 for weights without a group, else 1 and so on. */
  private groupOf(path: string): number {
    return 1 + this.common.groups.findIndex(({ match }) => matches(match, path));
  }
}
