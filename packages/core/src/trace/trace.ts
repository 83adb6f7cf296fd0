import { apply, nodeOf, placeholder } from '../operations/definition.js';
import { reshapeDefinition } from '../operations/reshape.js';
import { statistics } from '../run/statistics.js';
import { nodesBetween } from '../tensor/path.js';
import type { ValueType } from '../tensor/shape.js';
import { type Node, Tensor } from '../tensor/tensor.js';
import { jsonOf } from './json.js';
import { differentiatedValues, type Operation, type Program } from './program.js';

/** A program, and the leaves that its inputs stand for, in their order. */
export interface Trace {
  readonly program: Program;
  readonly leaves: readonly Tensor[];
}

/** How tensors are traced. */
export interface TraceOptions {
  /** Whether the outputs are computed again, even if they have been computed before. Default false. */
  readonly again?: boolean;
}

/**
 * Writes down what tensors depend on as a program. What is applied twice to the same values is written once, except
 * for values that gradients are asked for in: what is equal to one of them need not be differentiated in.
 *
 * @param outputs tensors that the program is to compute
 * @param inputs  leaves that are to be its first inputs, used or not; others follow as they are met
 * @example
 * const { program } = trace([relu(neg(placeholder({ shape: [4], dtype: 'float32' }, 'x')))]);
 * program.operations.map(({ name }) => name); // ['neg', 'relu']
 */
export function trace(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[] = [],
  { again = false }: TraceOptions = {},
): Trace {
  const values: ValueType[] = [];
  const operations: Operation[] = [];
  const leaves: Tensor[] = [];
  const written = new Map<Node, number[]>();
  const known = new Map<string, number[]>();

  const addValues = (types: readonly ValueType[]) => types.map((type) => values.push(type) - 1);
  const addLeaf = ({ node }: Tensor) => {
    if (written.has(node)) return;
    leaves.push(...node.outputs.map((_, index) => new Tensor(node, index)));
    written.set(node, addValues(node.outputs));
  };
  const write = (node: Node) => {
    statistics.visitedNodes++;
    const values = node.inputs.map(numberOf);
    const own = parameters.has(node) ? node.id : '';
    const key = `${node.operation} ${values.join()} ${jsonOf(node.attributes)} ${own}`;
    let results = known.get(key);
    if (!results) {
      results = addValues(node.outputs);
      operations.push({ name: node.operation, inputs: values, outputs: results, attributes: node.attributes });
      known.set(key, results);
    }
    written.set(node, results);
  };
  const numberOf = (tensor: Tensor) => (written.get(tensor.node) as number[])[tensor.index];

  const anew = new Set(again ? outputs.map(({ node }) => node) : []);
  const { between, parameters } = gradientsAmong(outputs, { anew, inputs });
  // What has been computed need not be again, unless a gradient has to pass through it.
  const isLeaf = (node: Node) =>
    node.operation === 'input' || (node.data.every(Boolean) && !between.has(node) && !anew.has(node));

  inputs.forEach(addLeaf);
  // Depth first, with a stack of our own: programs may be deeper than the call stack.
  const stack = [...outputs].reverse();
  while (stack.length > 0) {
    const tensor = stack[stack.length - 1];
    const { node } = tensor;
    if (written.has(node)) {
      stack.pop();
    } else if (isLeaf(node)) {
      addLeaf(tensor);
    } else {
      const missing = node.inputs.filter((input) => !written.has(input.node));
      if (missing.length === 0) write(node);
      else stack.push(...missing.reverse());
    }
  }
  return { program: { values, inputs: leaves.map(numberOf), operations, outputs: outputs.map(numberOf) }, leaves };
}

/**
 * What gradients among the ancestors of some tensors are asked for in, and the nodes that they have to pass through.
 *
 * @param options `anew`: computed nodes that are to be computed again; `inputs`: where the program begins, whatever lies before
 */
function gradientsAmong(
  outputs: readonly Tensor[],
  { anew = new Set(), inputs = [] }: { readonly anew?: ReadonlySet<Node>; readonly inputs?: readonly Tensor[] } = {},
): { between: Set<Node>; parameters: Map<Node, Tensor> } {
  const between = new Set<Node>();
  const parameters = new Map<Node, Tensor>();
  const seen = new Set<Node>(inputs.map(({ node }) => node));
  const stack = outputs.map(({ node }) => node);
  for (let node = stack.pop(); node; node = stack.pop()) {
    const isKnown = node.data.every(Boolean) && !between.has(node) && !anew.has(node);
    if (seen.has(node) || isKnown) continue;
    seen.add(node);
    statistics.visitedNodes++;
    if (node.operation === 'gradient') {
      const [loss, ...sources] = node.inputs;
      for (const source of sources) parameters.set(source.node, source);
      const path = nodesBetween(sources, loss);
      for (const passed of path) {
        between.add(passed);
        stack.push(passed);
      }
    }
    stack.push(...node.inputs.map((input) => input.node));
  }
  return { between, parameters };
}

/** What gradients are asked for in among the ancestors of some tensors, where it has not been computed yet. */
export function parametersToKeep(outputs: readonly Tensor[]): Tensor[] {
  const { parameters } = gradientsAmong(outputs);
  return [...parameters.values()].filter(({ node, index }) => node.operation !== 'input' && !node.data[index]);
}

/** Replaces one operation by tensors; undefined keeps it as it is. */
export type Rule = (operation: Operation, inputs: readonly Tensor[], index: number) => Tensor[] | undefined;

/**
 * The program with each operation replaced as the rule says. What nobody asks for any more is gone.
 *
 * A value that a gradient is asked for in keeps a node of its own, even where a rule gives the same tensor for two.
 *
 * All passes up to fusion are such rules: a program is unfolded into tensors, so that replacements are written in
 * the same operations that users call, and folded again.
 */
export function rewrite(program: Program, rule: Rule): Program {
  const tensors = new Array<Tensor>(program.values.length);
  const differentiated = differentiatedValues(program);
  const inputs = program.inputs.map((value) => {
    tensors[value] = placeholder(program.values[value], String(value));
    return tensors[value];
  });
  program.operations.forEach((operation, index) => {
    const operands = operation.inputs.map((value) => tensors[value]);
    const types = operation.outputs.map((value) => program.values[value]);
    const replaced = rule(operation, operands, index);
    const results = replaced ?? nodeOf(operation.name, operands, operation.attributes, types);
    operation.outputs.forEach((value, which) => {
      const result = results[which];
      const isShared = replaced && differentiated.has(value);
      tensors[value] = isShared ? apply(reshapeDefinition, [result], { shape: result.shape }) : result;
    });
  });
  return trace(
    program.outputs.map((value) => tensors[value]),
    inputs,
  ).program;
}
