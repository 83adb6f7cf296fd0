import type { Shape, Tensor } from '@weft/core';
import { tensor } from '@weft/core';
import {
  checkKnownOptions,
  checkShape,
  checkTensor,
  describe,
  formatShape,
  sameShape,
  sizeOf,
} from '@weft/core/program';
import { initialValues } from './initializers.js';
import type { Layer, LayerContext, WeightSpecification } from './layer.js';
import { nameLayers } from './names.js';
import { checkName } from './options.js';
import { summaryTable } from './summary.js';

/** A weight of a model. */
export interface Parameter {
  /** Layer and weight, such as `enc_conv1/kernel`. */
  readonly name: string;
  readonly shape: Shape;
  /** Row-major values, changed in place by training. */
  readonly data: Float32Array;
}

/** Options of `Sequential`. */
export interface SequentialOptions {
  /** Shape of an example, without the batch axis. */
  readonly inputShape: Shape;
  /** Default `sequential`. */
  readonly name?: string;
  /** Decides the first weights; a whole number from 0 to 2^53 - 1. Default 42. */
  readonly seed?: number;
  /** Models of different purposes draw independent weights from one seed; a whole number from 0. Default 0. */
  readonly purpose?: number;
}

/** A model as plain data: its layers and options, without its weights. */
export interface SequentialConfig {
  readonly name: string;
  readonly inputShape: Shape;
  readonly seed: number;
  readonly purpose: number;
  readonly layers: readonly { readonly type: string; readonly config: Record<string, unknown> }[];
}

/** Layers one after another, with their weights. */
export class Sequential {
  readonly name: string;
  readonly layers: readonly Layer[];
  /** Shape of an example, without the batch axis. */
  readonly inputShape: Shape;
  /** Shape of each layer's output, without the batch axis. */
  readonly outputShapes: readonly Shape[];
  /** The number that decided the first weights. */
  readonly seed: number;
  readonly purpose: number;
  private source: () => readonly Parameter[];

  /**
   * @throws RangeError if there is no layer, two bear one name, or one does not fit its input
   */
  constructor(layers: readonly Layer[], options: SequentialOptions) {
    checkKnownOptions('Sequential', options, ['inputShape', 'name', 'seed', 'purpose']);
    const { inputShape, name = 'sequential', seed = 42, purpose = 0 } = options;
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new RangeError('Sequential: there are no layers. Give an array of at least one.');
    }
    if (!Array.isArray(inputShape)) {
      throw new RangeError(
        `Sequential: inputShape is ${describe(inputShape)}; expected an example's shape, such as [28,28,1].`,
      );
    }
    checkShape('Sequential: inputShape', inputShape);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(
        `Sequential: seed is ${describe(seed)}; expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
      );
    }
    if (!Number.isSafeInteger(purpose) || purpose < 0 || purpose >= 2 ** 32) {
      throw new RangeError(
        `Sequential: purpose is ${describe(purpose)}; expected a whole number from 0 to ${2 ** 32 - 1}.`,
      );
    }
    this.name = checkName('Sequential', name);
    this.layers = nameLayers(layers);
    this.inputShape = [...inputShape];
    this.seed = seed;
    this.purpose = purpose;
    const shapes: Shape[] = [];
    for (const layer of this.layers) {
      const shape = layer.outputShape(shapes.at(-1) ?? this.inputShape);
      checkShape(`${layer.type} '${layer.name}'`, shape);
      shapes.push(shape);
    }
    this.outputShapes = shapes;
    this.layers.forEach((layer, position) => {
      for (const { name: weight, shape } of this.weightsOf(position)) {
        checkShape(`${layer.type} '${layer.name}': its ${weight}`, shape);
      }
    });
    this.source = () => this.initialise();
  }

  /** Shape of the output for one example, without the batch axis. */
  get outputShape(): Shape {
    return this.outputShapes[this.outputShapes.length - 1];
  }

  /** The weights, in the order of the layers and, within one, kernel before bias. Drawn when first asked for. */
  get parameters(): readonly Parameter[] {
    const parameters = this.source();
    this.source = () => parameters;
    return parameters;
  }

  /** What the parameters are to be, without drawing them: the same names and shapes in the same order. */
  get parameterSpecifications(): readonly WeightSpecification[] {
    return this.layers.flatMap((layer, position) =>
      this.weightsOf(position).map((weight) => ({ ...weight, name: `${layer.name}/${weight.name}` })),
    );
  }

  /** The weights that the layer at a position needs. */
  weightsOf(position: number): readonly WeightSpecification[] {
    return this.layers[position].weights(position === 0 ? this.inputShape : this.outputShapes[position - 1]);
  }

  /**
   * The model's output.
   *
   * @param x       examples [batch, ...inputShape]
   * @param context default: not training
   * @param weights default: the parameters' current values; otherwise tensors in the order of the parameters
   * @returns [batch, ...outputShape]
   * @throws RangeError if x or the weights have other shapes
   */
  call(
    x: Tensor,
    context: LayerContext = { training: false },
    weights: readonly Tensor[] = this.parameters.map(({ data, shape }) => tensor(data, shape)),
  ): Tensor {
    checkTensor(this.name, x, 'a tensor of examples');
    if (x.shape.length === 0 || !sameShape(x.shape.slice(1), this.inputShape)) {
      throw new RangeError(
        `${this.name}: expected examples [batch${this.inputShape.map((length) => `,${length}`).join('')}], ` +
          `got ${formatShape(x.shape)}.`,
      );
    }
    const specifications = this.parameterSpecifications;
    if (weights.length !== specifications.length) {
      throw new RangeError(`${this.name}: expected ${specifications.length} weights, got ${weights.length}.`);
    }
    specifications.forEach(({ name, shape }, index) => {
      if (!sameShape(weights[index].shape, shape)) {
        throw new RangeError(
          `${this.name}: the weight ${name} must be ${formatShape(shape)}, got ${formatShape(weights[index].shape)}.`,
        );
      }
    });
    let used = 0;
    return this.layers.reduce((input, layer, position) => {
      const count = this.weightsOf(position).length;
      used += count;
      return layer.call(input, weights.slice(used - count, used), context);
    }, x);
  }

  /**
   * A part of the model that shares its parameters: training one changes the other.
   *
   * @param first position or name of the first layer; negative positions count from the end
   * @param last  position or name of the last layer, which belongs to the part
   * @param name  default: the model's name and the two layers'
   * @throws RangeError if there is no such layer, or the last comes before the first
   */
  slice(first: number | string, last: number | string, name?: string): Sequential {
    const from = this.positionOf(first);
    const to = this.positionOf(last);
    if (to < from) {
      throw new RangeError(
        `${this.name}: '${this.layers[to].name}' comes before '${this.layers[from].name}'. Name the first layer first.`,
      );
    }
    const layers = this.layers.slice(from, to + 1);
    const part = new Sequential(layers, {
      name: name ?? `${this.name}_${layers[0].name}_${layers[layers.length - 1].name}`,
      inputShape: from === 0 ? this.inputShape : this.outputShapes[from - 1],
      seed: this.seed,
      purpose: this.purpose,
    });
    const names = new Set(part.parameterSpecifications.map((weight) => weight.name));
    part.source = () => this.parameters.filter((parameter) => names.has(parameter.name));
    return part;
  }

  /** Number of weights, counted one by one. */
  countParameters(): number {
    return this.parameterSpecifications.reduce((total, { shape }) => total + sizeOf(shape), 0);
  }

  /** A table of the layers, their output shapes and their numbers of parameters, as Keras prints it. */
  summary(): string {
    return summaryTable(this);
  }

  /** The model without its weights, as plain data for `sequentialFromConfig`. */
  config(): SequentialConfig {
    const { name, inputShape, seed, purpose } = this;
    return {
      name,
      inputShape,
      seed,
      purpose,
      layers: this.layers.map((layer) => ({ type: layer.type, config: layer.config() })),
    };
  }

  private positionOf(layer: number | string): number {
    const position =
      typeof layer === 'string'
        ? this.layers.findIndex(({ name }) => name === layer)
        : layer < 0
          ? layer + this.layers.length
          : layer;
    if (!this.layers[position]) {
      throw new RangeError(
        `${this.name}: there is no layer ${typeof layer === 'string' ? `'${layer}'` : layer}. ` +
          `The layers are ${this.layers.map(({ name }) => name).join(', ')}.`,
      );
    }
    return position;
  }

  private initialise(): readonly Parameter[] {
    const { seed, purpose } = this;
    return this.parameterSpecifications.map(({ name, shape, initializer }, index) => ({
      name,
      shape,
      data: initialValues(initializer, shape, { seed, purpose, index }),
    }));
  }
}
