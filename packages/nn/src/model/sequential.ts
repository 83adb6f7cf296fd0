import type { DType, Shape, Tensor } from '@weft/core';
import { checkKnownOptions, describe } from '@weft/core/program';
import { checkInputShape } from '../layers/options.js';
import { BaseModel, type ModelOptions } from './base-model.js';
import type { Block } from './block.js';
import { blockConfig, type LayerConfig, optionsConfig } from './config.js';
import { checkBlock, nameBlocks } from './names.js';
import { type Application, applyBlock, input, SymbolicTensor } from './symbolic.js';

/** Options of `Sequential`. */
export interface SequentialOptions extends ModelOptions {
  /** Shape of one example, without the batch. */
  readonly inputShape: Shape;
  /** Storage of the examples: int32 for labels and tokens. Default float32. */
  readonly inputDtype?: DType;
}

/** A sequential model as plain data: its layers and options, without its weights. */
export interface SequentialConfig {
  readonly name: string;
  readonly inputShape: Shape;
  readonly inputDtype?: DType;
  readonly seed: number;
  readonly stream: number;
  readonly trainable?: boolean;
  readonly layers: readonly LayerConfig[];
}

/** The parts of models: they are made without a claim on first weights. */
const PART = Symbol('part');

/**
 * Layers one after another. Its input is named `input`, its output as the last layer. A layer that is there twice is
 * called twice, with the same weights.
 *
 * @example
 * const model = new Sequential([new Flatten(), new Dense({ units: 10 })], { inputShape: [28, 28, 1], seed: 42 });
 * model.summary().includes('Total params: 7,850'); // true
 */
export class Sequential extends BaseModel<Tensor> {
  /** Shape of each layer's output, without the batch. */
  readonly outputShapes: readonly Shape[];

  /**
   * @throws RangeError if there is no layer, two were given one name, or one does not fit its input;
   *   TypeError if there is anything but layers and models
   */
  constructor(layers: readonly Block[], options: SequentialOptions) {
    const isPart = (options as { [PART]?: boolean } | undefined)?.[PART] === true;
    checkKnownOptions('Sequential', options ?? {}, ['inputShape', 'inputDtype', 'name', 'seed', 'stream', 'trainable']);
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new RangeError('Sequential: there are no layers. Give an array of at least one.');
    }
    for (const [position, layer] of layers.entries()) checkBlock('Sequential', layer, position);
    const { inputShape, inputDtype, ...others } = options ?? {};
    checkInputShape('Sequential', 'inputShape', inputShape);
    const names = nameBlocks('Sequential', layers);
    const first = input({ shape: inputShape, ...(inputDtype && { dtype: inputDtype }) });
    const applications: Application[] = [];
    const last = layers.reduce((x: SymbolicTensor, layer) => {
      const y = applyBlock(layer, x);
      if (!(y instanceof SymbolicTensor)) {
        throw new RangeError(
          `Sequential: ${layer.name} gives ${Object.keys(y).join(', ')} by name. Draw it up with Model, layer.apply and input.`,
        );
      }
      applications.push(y.source!);
      return y;
    }, first);
    const output = names.get(layers[layers.length - 1])!;
    super(
      'Sequential',
      {
        inputs: { input: first },
        outputs: { [output]: last },
        isSingle: true,
        applications,
        layers: [...layers],
        claims: !isPart,
      },
      others,
    );
    this.outputShapes = applications.map(({ outputs }) => (outputs as SymbolicTensor).shape);
  }

  /**
   * A part of the model, of the same layers: training one changes the other. Positions are those of
   * `Array.prototype.slice`: the layer at `end` does not belong to the part. A name stands for its layer's position.
   *
   * @param start position or name of the first layer; negative positions count from the end. Default 0
   * @param end   position or name of the layer after the last. Default: after the last of all
   * @param name  default: the model's name and those of the first and the last layer
   * @throws RangeError if there is no such layer, or none is left
   * @example
   * const layers = [new Dense({ units: 2, name: 'enc' }), new Dense({ units: 8, name: 'dec' })];
   * const autoencoder = new Sequential(layers, { inputShape: [8] });
   * const encoder = autoencoder.slice(0, 'dec'); // up to, and without, dec
   * encoder.outputShape; // [2]
   */
  slice(start: number | string = 0, end: number | string = this.layers.length, name?: string): Sequential {
    const from = this.positionOf(start);
    const to = this.positionOf(end);
    if (to <= from) {
      throw new RangeError(
        `${this.name}: slice(${start}, ${end}) has no layer. The end does not belong to the part, as in Array.slice.`,
      );
    }
    const layers = this.layers.slice(from, to);
    const options = {
      name: name ?? `${this.name}_${this.nameOf(layers[0])}_${this.nameOf(layers[layers.length - 1])}`,
      ...(from === 0 ? this.inputConfig() : { inputShape: this.outputShapes[from - 1] }),
      seed: this.seed,
      stream: this.stream,
      trainable: this.trainable,
      [PART]: true,
    };
    return new Sequential(layers, options);
  }

  config(): SequentialConfig {
    return {
      ...optionsConfig(this),
      ...this.inputConfig(),
      layers: this.layers.map((layer) => blockConfig(layer, this.nameOf(layer))),
    };
  }

  private inputConfig(): Pick<SequentialConfig, 'inputShape' | 'inputDtype'> {
    const [{ shape, dtype }] = this.inputs;
    return { inputShape: shape, ...(dtype !== 'float32' && { inputDtype: dtype }) };
  }

  private positionOf(layer: number | string): number {
    const names = this.layers.map((layer) => this.nameOf(layer));
    const count = names.length;
    const position = typeof layer === 'string' ? names.indexOf(layer) : layer < 0 ? layer + count : layer;
    if (!Number.isInteger(position) || position < 0 || position > count) {
      throw new RangeError(
        `${this.name}: there is no layer ${typeof layer === 'string' ? `'${layer}'` : describe(layer)}. ` +
          `The layers are ${names.join(', ')}.`,
      );
    }
    return position;
  }
}
