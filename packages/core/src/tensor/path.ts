import type { Node, Tensor } from './tensor.js';

/** The nodes that lead from any of the parameters to the loss, in an order in which they can be computed. */
export function nodesBetween(parameters: readonly Tensor[], loss: Tensor): Node[] {
  const sources = new Set(parameters.map(({ node }) => node));
  const depends = new Map<Node, boolean>();
  const path: Node[] = [];
  const stack = [loss.node];
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    const missing = depends.has(node) ? [] : node.inputs.map((input) => input.node).filter((n) => !depends.has(n));
    if (missing.length > 0) {
      stack.push(...missing);
      continue;
    }
    stack.pop();
    if (depends.has(node)) continue;
    const computed = node.inputs.some((input) => depends.get(input.node));
    depends.set(node, computed || sources.has(node));
    if (computed) path.push(node);
  }
  return path;
}
