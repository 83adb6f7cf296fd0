import { operationTable } from '../operations/table.js';
import { statistics } from '../run/statistics.js';
import { formatShape } from './shape.js';
import type { Node, Tensor } from './tensor.js';

/**
 * The nodes that lead from any of the parameters to the loss, in an order in which they can be computed.
 *
 * Only nodes made after the oldest parameter can depend on one, so that the walk ends there: it does not get longer
 * with the number of steps that a training loop has done before.
 *
 * @throws TypeError if that is unknown, because a tensor on the way has forgotten how it was computed
 */
export function nodesBetween(parameters: readonly Tensor[], loss: Tensor): Node[] {
  const sources = new Set(parameters.map(({ node }) => node));
  const oldest = Math.min(...[...sources].map(({ id }) => id));
  const depends = new Map<Node, boolean>();
  const path: Node[] = [];
  const stack = [loss.node];
  const inputsOf = (node: Node) =>
    node.id <= oldest || operationTable.get(node.operation)?.isConstant ? [] : node.inputs.map((input) => input.node);
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    const missing = depends.has(node) ? [] : inputsOf(node).filter((n) => !depends.has(n));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    if (depends.has(node)) continue;
    statistics.visitedNodes++;
    checkMemory(node, sources);
    const computed = inputsOf(node).some((input) => depends.get(input));
    depends.set(node, computed || sources.has(node));
    if (computed) path.push(node);
  }
  return path;
}

/** Whether what a node has forgotten may hold a parameter: then the gradient is not known. */
function checkMemory({ forgotten, outputs: [{ shape }] }: Node, sources: ReadonlySet<Node>): void {
  if (!forgotten) return;
  for (const { id } of sources) {
    if (!forgotten.ancestors.has(id) && id >= forgotten.before) continue;
    throw new TypeError(
      `grad: the loss depends on a tensor of ${formatShape(shape)} that was computed in an earlier step of a loop and has ` +
        'forgotten how, so that memory does not grow. Put stopGradient() around it if the gradient must not pass ' +
        'through earlier steps, or compute what needs gradients through several steps at once, after grad().',
    );
  }
}

/**
 * Drops what a computed node was computed from, so that it can be freed. What is kept is enough to refuse gradients
 * that would have to pass through it.
 */
export function forget(node: Node): void {
  const ancestors = new Set<number>();
  let before = 0;
  const stack = node.inputs.map((input) => input.node);
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (ancestors.has(next.id)) continue;
    statistics.visitedNodes++;
    ancestors.add(next.id);
    if (next.forgotten) before = Math.max(before, next.id);
    else stack.push(...next.inputs.map((input) => input.node));
  }
  node.forgotten = { ancestors, before };
  node.operation = 'input';
  node.inputs = [];
  node.attributes = {};
}
