import type { Operation, Program } from '../trace/program.js';

/**
 * Puts a program's operations in an order in which values are used while they are in the caches: of the operations
 * that could be next, the one from which the shortest chain of others leads to a result. So a weight's gradient is
 * computed, and its operands are forgotten, before the gradient travels on to the layers before.
 *
 * The order changes memory alone, and no bit of any value.
 */
export function schedule(program: Program): Program {
  const producer = new Map(program.operations.flatMap((operation) => operation.outputs.map((v) => [v, operation])));
  const consumers = new Map<Operation, Operation[]>(program.operations.map((operation) => [operation, []]));
  const missing = new Map<Operation, number>();
  for (const operation of program.operations) {
    const sources = new Set(operation.inputs.flatMap((value) => producer.get(value) ?? []));
    missing.set(operation, sources.size);
    for (const source of sources) consumers.get(source)?.push(operation);
  }
  const chain = new Map<Operation, number>();
  for (const operation of [...program.operations].reverse()) {
    const after = (consumers.get(operation) ?? []).map((next) => chain.get(next) ?? 0);
    chain.set(operation, 1 + Math.max(0, ...after));
  }
  const ready = program.operations.filter((operation) => missing.get(operation) === 0);
  const operations: Operation[] = [];
  while (ready.length > 0) {
    const length = (operation: Operation) => chain.get(operation) as number;
    const next = ready.reduce((best, other) => (length(other) < length(best) ? other : best));
    ready.splice(ready.indexOf(next), 1);
    operations.push(next);
    for (const consumer of consumers.get(next) ?? []) {
      const left = (missing.get(consumer) as number) - 1;
      missing.set(consumer, left);
      if (left === 0) ready.push(consumer);
    }
  }
  return { ...program, operations };
}
