import { broadcastTo } from '../operations/broadcast.js';
import { apply } from '../operations/definition.js';
import { add, relu } from '../operations/elementwise.js';
import { maxPool2dDefinition, type PoolAttributes } from '../operations/pooling.js';
import { reshape } from '../operations/reshape.js';
import type { Tensor } from '../tensor/tensor.js';
import { differentiatedValues, type Program, useCounts } from '../trace/program.js';
import { rewrite } from '../trace/trace.js';

/**
 * Rewrites that must come before `differentiate`, so that the gradients follow the cheaper form.
 *
 * Max pooling commutes with what is monotone: relu(max(x)) = max(relu(x)), and max(x) + b = max(x + b) for a bias that
 * is the same under the whole window, both to the bit. On the pooled side there are four times fewer elements, forward
 * and backward. Only values that nobody else reads are moved, so that gradients in them are not lost.
 */
export function canonicalise(program: Program): Program {
  let current = program;
  for (;;) {
    const { next, moved } = commutePooling(current);
    if (!moved) return next;
    current = next;
  }
}

function commutePooling(program: Program): { next: Program; moved: boolean } {
  let moved = false;
  const uses = useCounts(program);
  const differentiated = differentiatedValues(program);
  // What reads such a value might be replaced by what reads something else.
  const isRead = new Set(program.operations.filter(({ inputs }) => inputs.some((v) => differentiated.has(v))));
  const producer = new Map(program.operations.map((operation) => [operation.outputs[0], operation]));
  const next = rewrite(program, ({ name, inputs: [value], attributes }, [x]) => {
    const source = producer.get(value);
    if (name !== 'maxPool2d' || uses[value] !== 1 || !source || isRead.has(source)) return undefined;
    const pool = (images: Tensor) => apply(maxPool2dDefinition, [images], attributes as PoolAttributes);
    if (x.node.operation === 'relu') {
      moved = true;
      return [relu(pool(x.node.inputs[0]))];
    }
    if (x.node.operation === 'add') {
      const [images, bias] = x.node.inputs;
      const perChannel = channelVector(bias);
      if (!perChannel) return undefined;
      moved = true;
      const pooled = pool(images);
      return [add(pooled, broadcastTo(perChannel, pooled.shape))];
    }
    return undefined;
  });
  return { next, moved };
}

/** The vector that a tensor of images repeats for every pixel, if it is one. */
function channelVector(x: Tensor): Tensor | undefined {
  if (x.node.operation !== 'broadcast') return undefined;
  const [source] = x.node.inputs;
  const channels = x.shape[x.shape.length - 1];
  return source.size === channels && (source.shape.at(-1) ?? 1) === channels ? reshape(source, [channels]) : undefined;
}
