import type { Shape, Tensor } from '@weft/core';
import { checkKnownOptions, describe, formatShape, refuse, sameShape } from '@weft/core/program';
import type { Weight } from '../weights/weight.js';
import { drawRandom, streamOf } from './draw.js';

/** What decides the draws of a call. Both are data of a program: other seeds and keys need no new program. */
export interface ContextRandom {
  /** Low and high 32 bits of the seed, uint32 [2]. */
  readonly seed: Tensor;
  /**
   * uint32 [batch, 2]: number of the example, and epoch + 1. A function makes them for the number of examples that
   * first draws, where it is not known before.
   */
  readonly keys: Tensor | ((examples: number) => Tensor);
}

/** Options of `CallContext`. */
export interface CallContextOptions {
  /** Whether the model is being trained: layers such as `Dropout` and `BatchNormalization` act differently then. */
  readonly training: boolean;
  /** Without it nothing random happens. */
  readonly random?: ContextRandom;
  /** Which of a step's updates it is: each draws its own numbers. Default 0. */
  readonly update?: number;
}

/** What all contexts of one call have in common. */
interface Shared {
  readonly draws: Map<string, number>;
  readonly keys: Map<number, Tensor>;
  readonly renewed: Map<Weight, Tensor>;
  readonly losses: Tensor[];
}

/**
 * What layers know during one call of a model, and where they leave new values of their state.
 *
 * @example
 * const model = new Sequential([new BatchNormalization({ momentum: 0.5 })], { inputShape: [1] });
 * const context = new CallContext({ training: true });
 * model.call(tensor([[1], [3]]), context).toArray();
 * for (const [weight, value] of context.renewed) weight.assign(value.toArray());
 * model.weights.find(({ path }) => path.endsWith('movingMean'))?.data; // [1]
 */
export class CallContext {
  readonly training: boolean;
  /** False inside a layer or model that is not trainable: `BatchNormalization` uses its moving averages there. */
  readonly trainable: boolean = true;
  /** The layer that is being called, such as `encoder/dropout`; empty outside of models. */
  readonly path: string = '';
  private readonly random: ContextRandom | undefined;
  private readonly update: number;
  private shared: Shared = { draws: new Map(), keys: new Map(), renewed: new Map(), losses: [] };

  /** @throws RangeError naming the option that is not what it must be */
  constructor(options: CallContextOptions) {
    checkKnownOptions('CallContext', options, ['training', 'random', 'update']);
    const { training, random, update = 0 } = options;
    if (typeof training !== 'boolean') refuse('CallContext', 'training', training, 'true or false');
    this.training = training;
    this.random = random;
    this.update = update;
  }

  /**
   * Random numbers for a layer: a row depends on the seed, the row's keys, the layer's path, `path`, the update, and
   * how often the layer has drawn in this context. A layer that is called twice draws twice.
   *
   * @param path         what the draw is for, within the layer, such as `mask`
   * @param distribution `uniform` in [0, 1), or `normal` with mean 0 and deviation 1
   * @param shape        [batch, ...]
   * @returns undefined if nothing random may happen, as in inference
   */
  draw(path: string, distribution: 'uniform' | 'normal', shape: Shape): Tensor | undefined {
    if (!this.random) return undefined;
    const { seed } = this.random;
    const full = join(this.path, path);
    const count = this.shared.draws.get(full) ?? 0;
    this.shared.draws.set(full, count + 1);
    return drawRandom(distribution, shape, {
      seed,
      keys: this.keysFor(shape[0]),
      stream: streamOf(`${this.update}\n${full}\n${count}`),
    });
  }

  /** The current value of a weight: what it was renewed to in this context, or its own tensor. */
  valueOf(weight: Weight): Tensor {
    return this.shared.renewed.get(weight) ?? weight.tensor;
  }

  /**
   * Says what the value of a state weight, such as a moving average, is after this update. Later calls in this context
   * see it.
   *
   * @throws RangeError if the weight is trained by gradients, or the value has another shape
   */
  renew(weight: Weight, value: Tensor): void {
    if (weight.trainable) {
      throw new RangeError(
        'CallContext.renew: the weight is trained by gradients. Declare state with trainable: false.',
      );
    }
    if (!sameShape(weight.shape, value.shape)) {
      throw new RangeError(
        `CallContext.renew: the weight is ${formatShape(weight.shape)}, but its new value ${formatShape(value.shape)}.`,
      );
    }
    this.shared.renewed.set(weight, value);
  }

  /** The state that was renewed, with its values after this update. */
  get renewed(): ReadonlyMap<Weight, Tensor> {
    return this.shared.renewed;
  }

  /**
   * Adds a number to the loss of this call, as `activityRegularizer` does.
   *
   * @throws RangeError if it is not one number
   */
  addLoss(loss: Tensor): void {
    if (loss.shape.length > 0) {
      throw new RangeError(`CallContext.addLoss: the loss is ${formatShape(loss.shape)}; expected one number, [].`);
    }
    this.shared.losses.push(loss);
  }

  /** What was added to the loss, one number each. */
  get losses(): readonly Tensor[] {
    return this.shared.losses;
  }

  /** The same context for a layer or model inside the one that is being called. */
  at(name: string, trainable = true): CallContext {
    const inner = Object.create(CallContext.prototype) as CallContext;
    const path = join(this.path, name);
    return Object.assign(inner, this, { path, trainable: this.trainable && trainable });
  }

  private keysFor(examples: number): Tensor {
    const { keys } = this.random as ContextRandom;
    if (typeof keys !== 'function') return keys;
    const known = this.shared.keys.get(examples) ?? keys(examples);
    this.shared.keys.set(examples, known);
    return known;
  }
}

const join = (path: string, name: string) => (path && name ? `${path}/${name}` : path || name);

/** @throws TypeError if it is no context */
export function checkContext(label: string, context: unknown): void {
  const members = (context ?? {}) as Partial<CallContext>;
  if (typeof members.draw !== 'function' || typeof members.valueOf !== 'function') {
    throw new TypeError(
      `${label}: the context is ${describe(context)}. Give new CallContext({ training: true }), or nothing for inference.`,
    );
  }
}
