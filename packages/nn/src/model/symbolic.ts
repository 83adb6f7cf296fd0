import type { DType, Shape, Tensor } from '@weft/core';
import { checkKnownOptions, describe, oneOf } from '@weft/core/program';
import { checkInputShape, checkName } from '../layers/options.js';
import { type Block, isRecordOf, leavesOf, mapNest, type Named, type Nest } from './block.js';

/**
 * A place in a model that is being drawn up: what a layer will give, without a value. `shape` is that of one example,
 * without the batch. Made by `input` and by `layer.apply`.
 *
 * @example
 * const x = input({ shape: [8] });
 * x instanceof SymbolicTensor; // true
 * new Dense({ units: 3 }).apply(x).shape; // [3]
 */
export class SymbolicTensor {
  /** @internal */
  constructor(
    /** Shape of one example, without the batch. */
    readonly shape: Shape,
    readonly dtype: DType,
    /** The name of an input, or of one of several outputs of a model; else empty. */
    readonly name: string,
    /** @internal What gives it; undefined for inputs. */
    readonly source: Application | undefined,
  ) {}

  /** `SymbolicTensor[batch,28,28,1]` */
  toString(): string {
    return `SymbolicTensor[${['batch', ...this.shape].join(',')}]`;
  }
}

/** One use of a layer or a model in the drawing of another. */
export interface Application {
  readonly block: Block;
  readonly inputs: Nest<SymbolicTensor>;
  outputs: Named<SymbolicTensor>;
}

/** Options of `input`. */
export interface InputOptions {
  /** Shape of one example, without the batch. */
  readonly shape: Shape;
  /** Distinct within a model. Default: chosen by the model, `input`, `input_1` and so on. */
  readonly name?: string;
  /** Default float32. */
  readonly dtype?: DType;
}

/**
 * An input of a model that is drawn up with `layer.apply`.
 *
 * @throws RangeError naming the option that is not what it must be
 * @example
 * const x = input({ shape: [784] });
 * const model = new Model({ inputs: x, outputs: new Dense({ units: 10 }).apply(x) });
 * model.call(zeros([2, 784])).shape; // [2, 10]
 */
export function input(options: InputOptions): SymbolicTensor {
  checkKnownOptions('input', options, ['shape', 'name', 'dtype']);
  const { shape, name, dtype = 'float32' } = options;
  checkInputShape('input', 'shape', shape);
  oneOf('input', 'dtype', dtype, ['float32', 'int32', 'uint8', 'uint32']);
  return new SymbolicTensor([...shape], dtype, name === undefined ? '' : checkName('input', name), undefined);
}

/** @throws TypeError if there is anything but symbolic tensors */
export function checkSymbolic(label: string, nest: unknown): void {
  const parts = leavesOf(nest as Nest<SymbolicTensor>);
  for (const part of parts) {
    if (part instanceof SymbolicTensor) continue;
    throw new TypeError(
      `${label}: expected a symbolic tensor, one that input() or layer.apply() gave, got ${describe(part)}. ` +
        'To compute with tensors, call the model.',
    );
  }
}

/** What a layer or a model gives in a drawing. Its weights are made here, if they are not there yet. */
export function applyBlock(block: Block, inputs: Nest<SymbolicTensor>): Named<SymbolicTensor> {
  checkSymbolic(`${block.type}.apply`, inputs);
  const kept = mapNest(inputs, (symbol) => symbol);
  const shapes = block.connect(kept);
  const application: Application = { block, inputs: kept, outputs: {} };
  application.outputs = Array.isArray(shapes)
    ? new SymbolicTensor(shapes, 'float32', '', application)
    : Object.fromEntries(
        Object.entries(shapes as Record<string, Shape>).map(([name, shape]) => [
          name,
          new SymbolicTensor(shape, 'float32', name, application),
        ]),
      );
  return application.outputs;
}

/** The uses of layers that lead from inputs to outputs, in an order in which they can be computed. */
export function applicationsBetween(
  label: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): readonly Application[] {
  const given = new Set(inputs);
  const done = new Set<Application>();
  // Depth first, with a stack of our own: models may be deeper than the call stack.
  const stack = [...outputs].reverse();
  for (let symbol = stack.pop(); symbol; symbol = stack.pop()) {
    if (given.has(symbol)) continue;
    const { source } = symbol;
    if (!source) {
      throw new RangeError(
        `${label}: an output depends on the input ${symbol.name ? `'${symbol.name}'` : String(symbol)}, which is not ` +
          'among the inputs. Name all inputs.',
      );
    }
    if (done.has(source)) continue;
    const missing = leavesOf(source.inputs).filter(
      (each) => !given.has(each) && !(each.source && done.has(each.source)),
    );
    if (missing.length === 0) done.add(source);
    else stack.push(symbol, ...[...missing].reverse());
  }
  return [...done];
}

/** The values of symbolic tensors after the uses of layers that give them. */
export function record(values: Map<SymbolicTensor, Tensor>, { outputs }: Application, results: Named<Tensor>): void {
  if (outputs instanceof SymbolicTensor) values.set(outputs, results as Tensor);
  else if (isRecordOf(results)) for (const [name, symbol] of Object.entries(outputs)) values.set(symbol, results[name]);
}
