import type { Shape, Tensor } from '@weft/core';
import { div } from '@weft/core';
import { checkKnownOptions, checkShape, formatShape, refuse, sameShape } from '@weft/core/program';
import { type Block, leavesOf, mapNest, type Nest, type Shaped } from '../model/block.js';
import type { CallContext } from '../model/context.js';
import { applyBlock, type SymbolicTensor } from '../model/symbolic.js';
import { flag } from '../options/readers.js';
import { penaltyOf, type Regularizer, regularizer } from '../weights/regularizers.js';
import { ModelWeight, Weight, type WeightSpecification } from '../weights/weight.js';
import { checkName } from './options.js';

/** A step of a model, which owns its weights. Write one of your own by extending `BaseLayer`. */
export interface Layer extends Block {
  /** Its weights; none before it is used for the first time. */
  readonly weights: readonly Weight[];
  config(): Record<string, unknown>;
}

/** Options of every layer. */
export interface LayerOptions {
  /** Distinct within a model. Default: chosen by the model, as Keras does, such as `conv2d_1`. */
  readonly name?: string;
  /** Whether training may change the weights. Default true. */
  readonly trainable?: boolean;
  /**
   * A penalty on what the layer gives, divided by the number of examples, a part of the loss: `l1(0.01)`, for instance.
   * Without it, none.
   */
  readonly activityRegularizer?: Regularizer | 'l1' | 'l2' | undefined;
}

/** Shapes of what a layer takes: one, several in order or several by name, as its tensors are. */
export type ShapesOf<X extends Nest<Tensor>> = X extends Tensor
  ? Shape
  : X extends readonly Tensor[]
    ? readonly Shape[]
    : Readonly<Record<string, Shape>>;

/** Symbolic tensors where a layer takes tensors. */
export type SymbolsOf<X extends Nest<Tensor>> = X extends Tensor
  ? SymbolicTensor
  : X extends readonly Tensor[]
    ? readonly SymbolicTensor[]
    : Readonly<Record<string, SymbolicTensor>>;

function shapesOf<X extends Nest<Tensor>>(inputs: Nest<Shaped>, shapeOf: (part: Shaped) => Shape): ShapesOf<X> {
  return mapNest<Shaped, Shape>(inputs, shapeOf) as unknown as ShapesOf<X>;
}

/**
 * What layers are made of; extend it for one of your own. A layer owns its weights. They are made when it is first
 * used, for the shape of that input; used again, it shares them.
 *
 * The constructor takes one object of options, which `config` gives again, so that models can be saved and loaded:
 * `modelFromConfig(config, { Scale })`.
 *
 * @typeParam X what it takes: a tensor, or for layers such as `Add` an array of them
 * @example
 * class Scale extends BaseLayer {
 *   constructor(options: LayerOptions & { initial?: 'ones' | 'zeros' } = {}) {
 *     super('Scale', options, ['initial']);
 *     this.initial = options.initial ?? 'ones';
 *   }
 *   readonly initial: 'ones' | 'zeros';
 *   outputShape(inputShape: Shape) {
 *     return inputShape;
 *   }
 *   override weightSpecifications(inputShape: Shape) {
 *     return [{ name: 'factor', shape: inputShape.slice(-1), initializer: this.initial }];
 *   }
 *   call(x: Tensor, [factor]: readonly Tensor[]) {
 *     return mul(x, factor);
 *   }
 *   protected options() {
 *     return { initial: this.initial };
 *   }
 * }
 */
export abstract class BaseLayer<X extends Nest<Tensor> = Tensor> implements Layer {
  /** Empty until it is given, or chosen by the first model that the layer stands in. */
  name: string;
  /** Whether training may change the weights. It can be set at any time. */
  trainable: boolean;
  readonly activityRegularizer: Regularizer | undefined;
  private built:
    | { readonly specifications: readonly WeightSpecification[]; readonly weights: readonly Weight[] }
    | undefined;

  /**
   * @param type  the class's name
   * @param known names of the options besides those of `LayerOptions`
   * @throws RangeError if an option is not known, or the name or `trainable` is not what it must be
   */
  protected constructor(
    readonly type: string,
    options: LayerOptions,
    known: readonly string[],
  ) {
    if (typeof options === 'object' && options !== null && 'inputShape' in options && !known.includes('inputShape')) {
      throw new RangeError(
        `${type}: inputShape is an option of the model: new Sequential(layers, { inputShape }), or input({ shape }).`,
      );
    }
    checkKnownOptions(type, options, ['name', 'trainable', 'activityRegularizer', ...known]);
    this.name = options.name === undefined ? '' : checkName(type, options.name);
    this.trainable = options.trainable === undefined || flag(type, 'trainable', options.trainable);
    const { activityRegularizer: penalty } = options;
    this.activityRegularizer = penalty === undefined ? undefined : regularizer(type, 'activityRegularizer', penalty);
  }

  /**
   * Shape of the output for a shape of the input, both without the batch.
   *
   * @throws RangeError naming the layer where the input does not fit
   */
  abstract outputShape(inputShape: ShapesOf<X>): Shape;

  /**
   * The output, built of operations on tensors.
   *
   * @param x       [batch, ...inputShape]
   * @param weights current values, in the order of `weightSpecifications`
   * @param context whether the model is in training, draws, and where new state goes; `this.weights` are the weights
   */
  abstract call(x: X, weights: readonly Tensor[], context: CallContext): Tensor;

  /** The options besides those of `LayerOptions`, as plain data. */
  protected abstract options(): Record<string, unknown>;

  /** The weights that are needed for an input of that shape, without the batch. Default: none. */
  weightSpecifications(_inputShape: ShapesOf<X>): readonly WeightSpecification[] {
    return [];
  }

  /** Its weights, in the order of `weightSpecifications`; none before it is used for the first time. */
  get weights(): readonly Weight[] {
    return this.built?.weights ?? [];
  }

  /**
   * What the layer gives in a model that is being drawn up.
   *
   * @param x what `input` or other layers gave; several for layers that take several
   * @throws RangeError if the input does not fit
   */
  apply(x: SymbolsOf<X>): SymbolicTensor {
    return applyBlock(this, x as Nest<SymbolicTensor>) as SymbolicTensor;
  }

  config(): Record<string, unknown> {
    const { name, trainable, activityRegularizer } = this;
    return {
      ...(name !== '' && { name }),
      ...(!trainable && { trainable }),
      ...(activityRegularizer && { activityRegularizer }),
      ...this.options(),
    };
  }

  /** @internal */
  takeName(name: string): void {
    this.name = name;
  }

  /** @internal */
  connect(inputs: Nest<Shaped>): Shape {
    const shapes = shapesOf<X>(inputs, ({ shape }) => shape);
    const output = this.outputShape(shapes);
    checkShape(this.label, output);
    this.build(shapes);
    return output;
  }

  /** @internal */
  listWeights(): readonly ModelWeight[] {
    return this.weights.map((weight, which) => new ModelWeight(this.built!.specifications[which].name, weight, [this]));
  }

  /** @internal */
  invoke(inputs: Nest<Tensor>, context: CallContext): Tensor {
    const tensors = leavesOf(inputs);
    const weights = this.build(shapesOf<X>(inputs, ({ shape }) => shape.slice(1)));
    const values = weights.map((weight) => context.valueOf(weight));
    const output = this.called(inputs as X, values, context);
    if (tensors.length > 0 && output.shape[0] !== tensors[0].shape[0]) {
      throw new RangeError(
        `${this.label}: ${tensors[0].shape[0]} examples went in, but the output is ${formatShape(output.shape)}. ` +
          'The first axis of the output must be the batch.',
      );
    }
    this.penalise(output, context);
    return output;
  }

  /** The layer as errors name it, such as `Conv2D 'enc_conv1'`. */
  protected get label(): string {
    return this.name === '' ? this.type : `${this.type} '${this.name}'`;
  }

  /** What `call` gives. Operations know no layers: their errors are told with its name. */
  private called(x: X, weights: readonly Tensor[], context: CallContext): Tensor {
    try {
      return this.call(x, weights, context);
    } catch (error) {
      if (error instanceof Error && !error.message.startsWith(this.type)) {
        error.message = `${this.label}: ${error.message}`;
      }
      throw error;
    }
  }

  private penalise(output: Tensor, context: CallContext): void {
    const penalty = this.activityRegularizer && penaltyOf(this.activityRegularizer, output);
    if (penalty) context.addLoss(div(penalty, output.shape[0]));
  }

  private build(shapes: ShapesOf<X>): readonly Weight[] {
    const specifications = this.weightSpecifications(shapes);
    if (!this.built) {
      for (const { name, shape } of specifications) {
        checkShape(`${this.label}: its ${name}`, shape);
        if (name === '' || name.includes('/')) refuse(this.label, "a weight's name", name, 'one without a slash');
      }
      this.built = { specifications, weights: specifications.map((specification) => new Weight(specification)) };
    }
    const { weights, specifications: first } = this.built;
    const changed = first.findIndex(({ shape }, which) => !sameShape(shape, specifications[which]?.shape ?? []));
    if (changed >= 0) {
      throw new RangeError(
        `${this.label}: its ${first[changed].name} is ${formatShape(first[changed].shape)}, but this input needs ` +
          `${formatShape(specifications[changed]?.shape ?? [])}. A layer keeps the weights of its first input; make another layer.`,
      );
    }
    return weights;
  }
}
