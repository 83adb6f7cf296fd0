import type { ShardAnswer, Sharding } from '../operations/sharding.js';
import { reshapedSharding, sameSharding } from '../operations/sharding.js';
import { definitionOf, isOfKind } from '../operations/table.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import type { Operation, Program } from '../trace/program.js';

/**
 * What one part of a batch knows of a value, and when.
 *
 * - `whole`: all of it, the same for all examples: weights, and what is computed from sums over the batch
 * - `rows`: the elements of its own examples
 * - `part`: a part of a sum over examples, or of their largest
 *
 * Levels count the times that examples meet: what is whole at level n can be used in phase n and later ones; rows and
 * parts of level n are computed in phase n.
 */
export type Layout =
  | { readonly kind: 'whole'; readonly level: number }
  | { readonly kind: 'rows'; readonly level: number; readonly sharding: Sharding }
  | { readonly kind: 'part'; readonly level: number; readonly combine: 'sum' | 'max' };

/** The layout of each value, and how operations on rows are computed for a part of them. */
export interface Classification {
  readonly layouts: readonly Layout[];
  readonly answers: ReadonlyMap<Operation, ShardAnswer<Operation['attributes']>>;
  /** How the part of a whole value that belongs to some examples is had. */
  howToCut(value: number, sharding: Sharding): Cut | undefined;
}

/** `stored`: rows of memory; `rows`: it is cut in this way already; or it is computed from such parts of its operands. */
export type Cut = 'stored' | 'rows' | { readonly operands: readonly (Sharding | 'whole')[] };

/**
 * Finds out for each value of a program what a part of the batch knows of it.
 *
 * @param examples inputs whose axis 0 is that of the examples
 * @param batch    number of examples
 * @throws RangeError if such an input has no such axis
 */
export function classify(program: Program, examples: ReadonlySet<number>, batch: number): Classification {
  const layouts = new Array<Layout>(program.values.length);
  const answers = new Map<Operation, ShardAnswer<Operation['attributes']>>();
  const producer = new Map(program.operations.flatMap((operation) => operation.outputs.map((v) => [v, operation])));
  for (const value of program.inputs) {
    const { shape } = program.values[value];
    if (examples.has(value) && (shape.length === 0 || shape[0] % batch !== 0)) {
      throw new RangeError(`classify: an input of ${formatShape(shape)} does not hold ${batch} examples along axis 0.`);
    }
    layouts[value] = examples.has(value)
      ? { kind: 'rows', level: 0, sharding: { axis: 0, factor: shape[0] / batch } }
      : { kind: 'whole', level: 0 };
  }
  const context: Context = { program, layouts, producer, batch, cuts: new Map() };
  for (const operation of program.operations) {
    const layout =
      partOfSum(context, operation) ?? rowsOrPart(context, operation, answers) ?? whole(context, operation);
    for (const value of operation.outputs) layouts[value] = layout;
  }
  return { layouts, answers, howToCut: (value, sharding) => howToCut(context, value, sharding) };
}

interface Context {
  readonly program: Program;
  readonly layouts: readonly Layout[];
  readonly producer: ReadonlyMap<number, Operation>;
  readonly batch: number;
  /** Answers of `howToCut`, which many ask of the same values. */
  readonly cuts: Map<string, Cut | undefined>;
}

/** The level at which all of a value is known: rows and parts have to be put together first. */
export function levelOfWhole(layout: Layout): number {
  return layout.kind === 'whole' ? layout.level : layout.level + 1;
}

function whole({ layouts }: Context, { inputs }: Operation): Layout {
  return { kind: 'whole', level: Math.max(0, ...inputs.map((value) => levelOfWhole(layouts[value]))) };
}

/**
 * A sum need not be complete for what is linear in it: the parts are then smaller when they meet, such as the gradient
 * of a kernel after its transformation back. What would make them larger waits until they have met.
 */
function partOfSum({ program, layouts }: Context, { name, inputs, outputs }: Operation): Layout | undefined {
  const { linear } = definitionOf(name);
  const parts = inputs.map((value) => layouts[value]).filter((layout) => layout.kind === 'part');
  if (linear === undefined || parts.length === 0 || outputs.length > 1) return undefined;
  const [first] = parts;
  const { level } = first;
  if (parts.some((part) => part.combine !== 'sum' || part.level !== level)) return undefined;
  const isLinear =
    linear === 'jointly'
      ? parts.length === inputs.length
      : parts.length === 1 &&
        inputs.every((value, which) => {
          const layout = layouts[value];
          return layout.kind === 'part' ? linear.includes(which) : layout.kind === 'whole' && layout.level <= level;
        });
  const sizeOfInputs = inputs
    .filter((value) => layouts[value].kind === 'part')
    .reduce((total, value) => total + sizeOf(program.values[value].shape), 0);
  return isLinear && sizeOf(program.values[outputs[0]].shape) <= sizeOfInputs ? first : undefined;
}

function rowsOrPart(
  context: Context,
  operation: Operation,
  answers: Map<Operation, ShardAnswer<Operation['attributes']>>,
): Layout | undefined {
  const { program, layouts, batch } = context;
  const { name, inputs, outputs, attributes } = operation;
  const operands = inputs.map((value) => layouts[value]);
  const shardings = operands.map((layout) => (layout.kind === 'rows' ? layout.sharding : undefined));
  if (shardings.every((sharding) => sharding === undefined)) return undefined;
  const answer = definitionOf(name).shard({
    inputs: inputs.map((value) => program.values[value]),
    output: program.values[outputs[0]],
    attributes,
    shardings,
    batch,
  });
  const isGiven = answer?.operands.every((wanted, which) => {
    const sharding = shardings[which];
    if (wanted === 'whole') return sharding === undefined;
    return sharding ? sameSharding(wanted, sharding) : howToCut(context, inputs[which], wanted) !== undefined;
  });
  if (!answer || !isGiven) return undefined;
  answers.set(operation, answer);
  const level = Math.max(...operands.map((layout) => (layout.kind === 'rows' ? layout.level : levelOfWhole(layout))));
  const { result } = answer;
  return typeof result === 'string'
    ? { kind: 'part', level, combine: result }
    : { kind: 'rows', level, sharding: result };
}

function howToCut(context: Context, value: number, sharding: Sharding): Cut | undefined {
  const key = `${value} ${sharding.axis} ${sharding.factor}`;
  if (!context.cuts.has(key)) context.cuts.set(key, findCut(context, value, sharding));
  return context.cuts.get(key);
}

function findCut(context: Context, value: number, sharding: Sharding): Cut | undefined {
  const layout = context.layouts[value];
  if (layout.kind === 'rows') return sameSharding(layout.sharding, sharding) ? 'rows' : undefined;
  const operation = layout.kind === 'part' ? undefined : context.producer.get(value);
  const operands = operation && cutOperands(context, operation, sharding);
  const isComputed = operands?.every((wanted, which) => {
    return wanted === 'whole' || howToCut(context, operation?.inputs[which] as number, wanted) !== undefined;
  });
  if (operands && isComputed) return { operands };
  return sharding.axis === 0 ? 'stored' : undefined;
}

/**
 * What the operands of an operation on whole values must be for it to give the part of its result that belongs to some
 * examples; undefined if it is better computed as a whole, and cut then.
 */
function cutOperands(
  { program, batch }: Context,
  { name, inputs, outputs }: Operation,
  sharding: Sharding,
): readonly (Sharding | 'whole')[] | undefined {
  if (name === 'constant') return [];
  if (isOfKind(name, 'elementwise')) return inputs.map(() => sharding);
  const [from, to] = [inputs[0], outputs[0]].map((value) => program.values[value]?.shape ?? []);
  if (name === 'broadcast') {
    const axis = sharding.axis - (to.length - from.length);
    const isRepeated = axis < 0 || from[axis] !== to[sharding.axis];
    return [isRepeated ? 'whole' : { axis, factor: sharding.factor }];
  }
  if (name !== 'reshape') return undefined;
  const source = reshapedSharding(to, sharding, from, batch);
  return source && [source];
}
