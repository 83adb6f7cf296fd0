import { describe } from '@weft/core/program';
import type { Block } from './block.js';

/** A kind of layer in lower case with underscores, by Keras's rule: `MaxPooling2D` becomes `max_pooling2d`. */
function snakeCase(type: string): string {
  return type
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

const METHODS = ['connect', 'invoke', 'listWeights', 'config'] as const;

/** @throws TypeError if it is neither a layer nor a model */
export function checkBlock(label: string, block: unknown, position: number): asserts block is Block {
  const members = (block ?? {}) as Record<string, unknown>;
  if (typeof members.name !== 'string' || METHODS.some((method) => typeof members[method] !== 'function')) {
    throw new TypeError(
      `${label}: expected a layer at position ${position}, got ${describe(block)}. ` +
        'Give layers such as new Dense({ units: 10 }), or models; extend BaseLayer for layers of your own.',
    );
  }
}

/** Blocks whose names were chosen, not given: in another model they may have another. */
const chosen = new WeakSet<Block>();

/** Notes that a block has a name that nobody gave it. */
export function markChosen(block: Block): void {
  chosen.add(block);
}

/** The first of `name`, `name_1`, `name_2` and so on that is not taken, each in time that does not grow with them. */
export function freeNames(taken: Set<string>): (base: string) => string {
  const next = new Map<string, number>();
  return (base) => {
    let count = next.get(base) ?? 0;
    const numbered = () => (count === 0 ? base : `${base}_${count}`);
    while (taken.has(numbered())) count++;
    const name = numbered();
    next.set(base, count + 1);
    taken.add(name);
    return name;
  };
}

/**
 * A model's names for its layers, in their order: those without one are called after their kind, `conv2d`, `conv2d_1`
 * and so on, passing over names that are taken. A layer that stands there twice has one name.
 *
 * @throws RangeError if two layers were given the same name
 */
export function nameBlocks(label: string, blocks: readonly Block[]): ReadonlyMap<Block, string> {
  const owners = new Map<string, Block>();
  const isGiven = (block: Block) => block.name !== '' && !chosen.has(block);
  for (const [position, block] of blocks.entries()) {
    if (!isGiven(block)) continue;
    const other = owners.get(block.name);
    if (other && other !== block) {
      throw new RangeError(
        `${label}: the layers at positions ${blocks.indexOf(other)} and ${position} are both named '${block.name}'. ` +
          'Give each its own name.',
      );
    }
    owners.set(block.name, block);
  }
  const free = freeNames(new Set(owners.keys()));
  const names = new Map<Block, string>();
  for (const block of blocks) {
    if (names.has(block)) continue;
    const name = isGiven(block) ? block.name : free(block.name === '' ? snakeCase(block.type) : block.name);
    names.set(block, name);
    if (block.name !== '') continue;
    block.takeName(name);
    markChosen(block);
  }
  return names;
}
