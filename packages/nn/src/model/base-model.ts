import type { Shape, Tensor } from '@weft/core';
import { describe, sizeOf } from '@weft/core/program';
import { checkName } from '../layers/options.js';
import { flag } from '../options/readers.js';
import { ModelWeight, type Weight } from '../weights/weight.js';
import { type Block, mapNest, type Named, type Nest, type Shaped } from './block.js';
import { CallContext, checkContext } from './context.js';
import { checkExamples, checkNest, checkSymbols, type ModelInput, nameInputs } from './inputs.js';
import { markChosen, nameBlocks } from './names.js';
import { summaryTable } from './summary.js';
import { type Application, applicationsBetween, applyBlock, record, type SymbolicTensor } from './symbolic.js';

/** An output of a model. */
export interface ModelOutput {
  readonly name: string;
  /** Shape of one example, without the batch. */
  readonly shape: Shape;
}

/** Options of every model. */
export interface ModelOptions {
  /** Default: the kind of model, such as `sequential`. */
  readonly name?: string;
  /** Decides the first weights; a whole number from 0 to 2^53 - 1. Default 42. */
  readonly seed?: number;
  /** Models of different random streams draw independent weights from one seed; a whole number from 0. Default 0. */
  readonly stream?: number;
  /** Whether training may change the weights of the layers within. Default true. */
  readonly trainable?: boolean;
}

/** What a builder hands to `BaseModel`. */
export interface ModelGraph {
  readonly inputs: Readonly<Record<string, SymbolicTensor>>;
  readonly outputs: Readonly<Record<string, SymbolicTensor>>;
  /** Whether `call` gives its one output as it is, not in a record. */
  readonly isSingle: boolean;
  /** Default: found from the outputs. */
  readonly applications?: readonly Application[];
  /** Default: each once, in the order in which they are called first. */
  readonly layers?: readonly Block[];
  /** False for parts of a model: the whole decides first weights. */
  readonly claims?: boolean;
}

/** Symbolic tensors where a model gives tensors. */
type SymbolsFor<Y extends Named<Tensor>> = Y extends Tensor ? SymbolicTensor : Readonly<Record<string, SymbolicTensor>>;

/** @throws RangeError if it is not a whole number from 0 to below the limit */
function checkWhole(label: string, option: string, value: unknown, limit: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= limit) return value as number;
  throw new RangeError(`${label}: ${option} is ${describe(value)}; expected a whole number from 0 to ${limit}.`);
}

/**
 * A model: named inputs and outputs, the layers between them, and their weights. `Sequential` and `Model` build it; it
 * is a layer of other models, too.
 *
 * @typeParam Y what `call` gives: a tensor, or a record of tensors by output
 * @example
 * const model: BaseModel = new Sequential([new Dense({ units: 2 })], { inputShape: [3] });
 * model.weights.length; // 2
 */
export abstract class BaseModel<Y extends Named<Tensor> = Named<Tensor>> implements Block {
  name: string;
  /** Whether training may change the weights of the layers within. It can be set at any time. */
  trainable: boolean;
  /** In the order in which `call` takes them. */
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  /** The layers and models within, in the order in which they are called first, each once; those of `Sequential` as given. */
  readonly layers: readonly Block[];
  /** In the order of the layers and, within one, kernel before bias; each once. First values are drawn when asked for. */
  readonly weights: readonly ModelWeight[];
  /** The number that decided the first weights, with `stream`. */
  readonly seed: number;
  readonly stream: number;
  /** @internal */
  readonly applications: readonly Application[];
  /** @internal */
  readonly graph: ModelGraph;
  private readonly names: ReadonlyMap<Block, string>;

  protected constructor(
    readonly type: string,
    graph: ModelGraph,
    options: ModelOptions,
  ) {
    const { name, seed = 42, stream = 0, trainable = true } = options;
    this.seed = checkWhole(type, 'seed', seed, Number.MAX_SAFE_INTEGER);
    this.stream = checkWhole(type, 'stream', stream, 2 ** 32 - 1);
    this.name = name === undefined ? type.toLowerCase() : checkName(type, name);
    if (name === undefined) markChosen(this);
    this.trainable = flag(type, 'trainable', trainable);
    this.graph = graph;
    const [inputs, outputs] = [graph.inputs, graph.outputs].map(Object.entries<SymbolicTensor>);
    this.inputs = inputs.map(([input, { shape, dtype }]) => ({ name: input, shape, dtype }));
    this.outputs = outputs.map(([output, { shape }]) => ({ name: output, shape }));
    this.applications =
      graph.applications ?? applicationsBetween(type, Object.values(graph.inputs), Object.values(graph.outputs));
    this.names = nameBlocks(
      type,
      this.applications.map(({ block }) => block),
    );
    this.layers = graph.layers ?? [...this.names.keys()];
    this.weights = this.collectWeights();
    if (graph.claims === false) return;
    this.weights.forEach(({ weight }, index) => {
      weight.claim({ seed, stream, index }, this.weights.length);
    });
  }

  /**
   * The model's output.
   *
   * @param x       examples [batch, ...shape]: a tensor, or for several inputs an array in their order or a record by name
   * @param context default: inference
   * @returns [batch, ...shape] of the output, or a record of such tensors by output
   * @throws RangeError if x has other shapes or names, TypeError if it is no tensor
   * @example
   * const model = new Sequential([new ReLU()], { inputShape: [2] });
   * model.call(tensor([[-1, 2]]), new CallContext({ training: true })); // [[0, 2]]
   */
  call(x: Nest<Tensor>, context: CallContext = new CallContext({ training: false })): Y {
    checkNest(this.name, x);
    const outputs = this.callNamed(nameInputs(this.name, this.inputs, x), context);
    return (this.graph.isSingle ? Object.values(outputs)[0] : outputs) as Y;
  }

  /**
   * The same with inputs and outputs by name, for any number of them.
   *
   * @throws as `call`
   */
  callNamed(
    inputs: Readonly<Record<string, Tensor>>,
    context: CallContext = new CallContext({ training: false }),
  ): Record<string, Tensor> {
    checkContext(this.name, context);
    const given = nameInputs(this.name, this.inputs, inputs);
    checkExamples(this.name, this.inputs, given);
    const { inputs: symbols, outputs } = this.graph;
    const values = new Map(Object.entries(symbols).map(([name, symbol]) => [symbol, given[name]]));
    const own = this.trainable ? context : context.at('', false);
    for (const application of this.applications) {
      const { block } = application;
      const inner = own.at(this.names.get(block)!, block.trainable);
      const taken = mapNest(application.inputs, (symbol) => values.get(symbol)!);
      record(values, application, block.invoke(taken, inner));
    }
    return Object.fromEntries(Object.entries(outputs).map(([name, symbol]) => [name, values.get(symbol)!]));
  }

  /** What the model gives in another model that is being drawn up. */
  apply(x: Nest<SymbolicTensor>): SymbolsFor<Y> {
    return applyBlock(this, x) as SymbolsFor<Y>;
  }

  /**
   * Shape of one example of the one input, without the batch.
   *
   * @throws RangeError if the model has several inputs
   */
  get inputShape(): Shape {
    return this.only('input', this.inputs).shape;
  }

  /**
   * Shape of one example of the one output, without the batch.
   *
   * @throws RangeError if the model has several outputs
   */
  get outputShape(): Shape {
    return this.only('output', this.outputs).shape;
  }

  /** Number of weights, counted one by one: all, or only those that training changes or does not change. */
  countWeights(which: 'all' | 'trainable' | 'nonTrainable' = 'all'): number {
    return this.weights
      .filter(({ trainable }) => which === 'all' || trainable === (which === 'trainable'))
      .reduce((total, { shape }) => total + sizeOf(shape), 0);
  }

  /** A table of the layers, their output shapes and their numbers of weights, as Keras prints it. */
  summary(): string {
    return summaryTable(this);
  }

  /** The model without its weights, as plain data for `modelFromConfig`. */
  abstract config(): object;

  /** This model's name for one of its layers. */
  nameOf(layer: Block): string {
    return this.names.get(layer) ?? layer.name;
  }

  /** @internal */
  takeName(name: string): void {
    this.name = name;
  }

  /** @internal */
  connect(inputs: Nest<Shaped>): Named<Shape> {
    checkSymbols(this.name, this.inputs, nameInputs(this.name, this.inputs, inputs));
    const outputs = Object.fromEntries(this.outputs.map(({ name, shape }) => [name, shape]));
    return this.graph.isSingle ? this.outputs[0].shape : outputs;
  }

  /** @internal */
  listWeights(): readonly ModelWeight[] {
    return this.weights;
  }

  /** @internal */
  invoke(inputs: Nest<Tensor>, context: CallContext): Named<Tensor> {
    return this.call(inputs, context);
  }

  private only<T extends ModelOutput>(kind: 'input' | 'output', all: readonly T[]): T {
    if (all.length === 1) return all[0];
    throw new RangeError(
      `${this.name}: there are ${all.length} ${kind}s, ${all.map(({ name }) => name).join(', ')}. Look at model.${kind}s.`,
    );
  }

  private collectWeights(): readonly ModelWeight[] {
    const found = new Map<Weight, ModelWeight>();
    for (const [block, name] of this.names) {
      for (const { path, weight, owners } of block.listWeights()) {
        if (!found.has(weight)) found.set(weight, new ModelWeight(`${name}/${path}`, weight, [...owners, this]));
      }
    }
    return [...found.values()];
  }
}
