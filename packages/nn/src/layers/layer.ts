import type { Shape, Tensor } from '@weft/core';
import { checkKnownOptions } from '@weft/core/program';
import type { Initializer } from './initializers.js';
import { checkName } from './options.js';

/** What a layer is told besides its input. */
export interface LayerContext {
  /** Whether the model is being trained: layers such as Dropout act only then. */
  readonly training: boolean;
  /**
   * Decides draws such as dropout's, as in `random`: the keys are [batch, 2] of uint32, image number and epoch.
   * Without it nothing random happens.
   */
  readonly random?: { readonly seed: number | Tensor; readonly keys: Tensor };
}

/** A weight that a layer needs for some input shape. */
export interface WeightSpecification {
  /** `kernel` or `bias`; distinct within the layer. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/**
 * A step of a model. It holds options, not weights: these are given with each call, so that one layer may stand in
 * several models.
 */
export interface Layer {
  /** Distinct within a model; empty if `Sequential` is to choose one. */
  readonly name: string;
  /** What kind of layer it is, as Keras names it, such as `Conv2D`. */
  readonly type: string;
  /**
   * Shape of the output for a shape of the input, both without the batch axis.
   *
   * @throws RangeError naming the layer where the input does not fit
   */
  outputShape(inputShape: Shape): Shape;
  /** The weights needed for an input of that shape, without the batch axis, in the order in which `call` takes them. */
  weights(inputShape: Shape): readonly WeightSpecification[];
  /** The output for x [batch, ...inputShape]. */
  call(x: Tensor, weights: readonly Tensor[], context: LayerContext): Tensor;
  /** The options as plain data, from which the layer's class builds the same layer again. */
  config(): Record<string, unknown>;
  /** The same layer under another name. A layer without this method needs a name of its own. */
  withName?(name: string): Layer;
}

/** Options of every layer. */
export interface LayerOptions {
  /** Distinct within a model. Default: chosen by `Sequential`, as Keras does, such as `conv2d_1`. */
  readonly name?: string;
}

/** What the layers of this package have in common. */
export abstract class BaseLayer implements Layer {
  readonly name: string;

  /**
   * @param known names of the options besides `name`
   * @throws RangeError if the name is not one, or an option is not known
   */
  protected constructor(
    readonly type: string,
    options: LayerOptions,
    known: readonly string[],
  ) {
    checkKnownOptions(type, options, ['name', ...known]);
    this.name = options.name === undefined ? '' : checkName(type, options.name);
  }

  abstract outputShape(inputShape: Shape): Shape;
  abstract call(x: Tensor, weights: readonly Tensor[], context: LayerContext): Tensor;
  /** The options besides the name. */
  protected abstract options(): Record<string, unknown>;

  weights(_inputShape: Shape): readonly WeightSpecification[] {
    return [];
  }

  config(): Record<string, unknown> {
    return this.name === '' ? this.options() : { name: this.name, ...this.options() };
  }

  withName(name: string): Layer {
    const LayerClass = this.constructor as new (options: Record<string, unknown>) => Layer;
    return new LayerClass({ ...this.config(), name });
  }

  /** The layer as errors name it, such as `Conv2D 'enc_conv1'`. */
  protected get label(): string {
    return this.name === '' ? this.type : `${this.type} '${this.name}'`;
  }
}
