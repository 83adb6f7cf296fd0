import { broadcastTo } from '../operations/broadcast.js';
import { scalar } from '../operations/constant.js';
import { add } from '../operations/elementwise.js';
import { definitionOf } from '../operations/table.js';
import { nodesBetween } from '../tensor/path.js';
import { formatShape } from '../tensor/shape.js';
import { type Node, Tensor } from '../tensor/tensor.js';
import type { Program } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';

/**
 * Replaces every `gradient` by the operations that compute it. Inner gradients come first, so they may nest.
 *
 * @throws TypeError if a gradient has to pass through an operation that has none
 */
export function differentiate(program: Program): Program {
  return rewrite(program, ({ name }, [loss, ...parameters]) =>
    name === 'gradient' ? backward(loss, parameters) : undefined,
  );
}

/** Reverse-mode differentiation: the gradient rules of the operations between parameters and loss, last to first. */
function backward(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  const gradients = new Map<Node, (Tensor | undefined)[]>();
  const accumulate = ({ node, index }: Tensor, gradient: Tensor) => {
    const known = gradients.get(node) ?? node.outputs.map(() => undefined);
    const before = known[index];
    known[index] = before ? add(before, gradient) : gradient;
    gradients.set(node, known);
  };
  accumulate(loss, broadcastTo(scalar(1), loss.shape));
  const path = nodesBetween(parameters, loss);
  const isVariable = new Set([...path, ...parameters.map(({ node }) => node)]);
  for (const node of path.reverse()) {
    const known = gradients.get(node);
    const { gradient: rule, isConstant, noGradient } = definitionOf(node.operation);
    if (!known || isConstant) continue;
    if (!rule) refuseGradient(node, noGradient);
    const contributions = rule({
      inputs: node.inputs,
      outputs: node.outputs.map((_, index) => new Tensor(node, index)),
      output: new Tensor(node, 0),
      gradients: known,
      gradient: known[0] ?? broadcastTo(scalar(0), node.outputs[0].shape),
      attributes: node.attributes,
    });
    contributions.forEach((contribution, which) => {
      const input = node.inputs[which];
      if (contribution) accumulate(input, contribution);
      else if (noGradient && isVariable.has(input.node)) refuseGradient(node, noGradient);
    });
  }
  return parameters.map(({ node, index, shape }) => gradients.get(node)?.[index] ?? broadcastTo(scalar(0), shape));
}

function refuseGradient({ operation, inputs }: Node, noGradient = 'in its inputs'): never {
  const shapes = inputs.map(({ shape }) => formatShape(shape)).join(' and ');
  throw new TypeError(
    `grad: the loss depends on what it is differentiated in through ${operation} of ${shapes}, ` +
      `which has no gradient ${noGradient}.`,
  );
}
