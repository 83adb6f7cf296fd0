import { describe } from '@weft/core/program';
import type { Layer } from './layer.js';

/** A kind of layer in lower case with underscores, by Keras's rule: `MaxPooling2D` becomes `max_pooling2d`. */
function snakeCase(type: string): string {
  return type
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

const METHODS = ['outputShape', 'weights', 'call', 'config'] as const;

/** @throws TypeError if it is no layer */
function checkLayer(layer: unknown, position: number): void {
  const members = (layer ?? {}) as Record<string, unknown>;
  if (typeof members.name !== 'string' || METHODS.some((method) => typeof members[method] !== 'function')) {
    throw new TypeError(
      `Sequential: expected a layer at position ${position}, got ${describe(layer)}. ` +
        'Give layers such as new Dense({ units: 10 }).',
    );
  }
}

/**
 * The layers, each with a name: those without one are called after their kind, `conv2d`, `conv2d_1` and so on,
 * passing over names that are taken.
 *
 * @throws RangeError if two layers bear the same name, or one that has none cannot be given one
 */
export function nameLayers(layers: readonly Layer[]): Layer[] {
  layers.forEach(checkLayer);
  const taken = new Set<string>();
  /** By kind, the first number that may be free: or naming would take the square of the number of layers. */
  const next = new Map<string, number>();
  layers.forEach(({ name }, position) => {
    if (name !== '' && taken.has(name)) {
      const first = layers.findIndex((layer) => layer.name === name);
      throw new RangeError(
        `Sequential: the layers at positions ${first} and ${position} are both named '${name}'. Give each its own name.`,
      );
    }
    taken.add(name);
  });
  return layers.map((layer, position) => {
    if (layer.name !== '') return layer;
    if (!layer.withName) {
      throw new RangeError(
        `Sequential: the ${layer.type} at position ${position} has no name and no method withName. Give it a name.`,
      );
    }
    const base = snakeCase(layer.type);
    let count = next.get(base) ?? 0;
    const numbered = () => (count === 0 ? base : `${base}_${count}`);
    while (taken.has(numbered())) count++;
    const name = numbered();
    next.set(base, count + 1);
    taken.add(name);
    return layer.withName(name);
  });
}
