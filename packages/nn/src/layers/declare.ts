import type { Shape, Tensor } from '@weft/core';
import type { Nest } from '../model/block.js';
import { type Checked, checked, type OptionsOf, type Schema } from '../options/schema.js';
import { BaseLayer, type LayerOptions } from './layer.js';

/** What the constructor of a declared layer takes: nothing need be given where no option must be. */
type Given<S extends Schema> =
  Record<never, never> extends OptionsOf<S>
    ? [options?: LayerOptions & OptionsOf<S>]
    : [options: LayerOptions & OptionsOf<S>];

/** A layer that checks, keeps and gives the options of a schema. */
export abstract class DeclaredLayer<X extends Nest<Tensor>> extends BaseLayer<X> {
  private readonly optionNames: readonly string[];

  constructor(type: string, schema: Schema, options: LayerOptions & Readonly<Record<string, unknown>>) {
    const names = Object.keys(schema);
    super(type, options, names);
    this.optionNames = names;
    const own = Object.entries(options).filter(([name]) => names.includes(name));
    Object.assign(this, checked(this.label, Object.fromEntries(own), schema));
  }

  protected options(): Record<string, unknown> {
    const values = this as unknown as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      this.optionNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    );
  }
}

/** A layer whose output has the shape of its input. */
export abstract class ShapeKeepingLayer extends DeclaredLayer<Tensor> {
  outputShape(inputShape: Shape): Shape {
    return inputShape;
  }
}

/** A class of layers whose options are its fields. */
export type DeclaredClass<S extends Schema, L> = abstract new (...options: Given<S>) => L & Checked<S>;

type Base<L> = abstract new (
  type: string,
  schema: Schema,
  options: LayerOptions & Readonly<Record<string, unknown>>,
) => L;

/**
 * What a layer of Weft extends, as in `class Dropout extends layerOf('Dropout', { rate: decay })`: its options are
 * declared once. They are checked, kept as fields of the same names, and given again by `config`. A comment before an
 * option in the schema is what editors show.
 *
 * @param type   the class's name
 * @param schema a reader for each option, with its default
 */
// @__NO_SIDE_EFFECTS__
export function layerOf<const S extends Schema>(type: string, schema: S): DeclaredClass<S, DeclaredLayer<Tensor>> {
  return declare(DeclaredLayer<Tensor>, type, schema);
}

/** As `layerOf`, for layers whose output has the shape of their input. */
// @__NO_SIDE_EFFECTS__
export function shapeKeepingLayerOf<const S extends Schema>(
  type: string,
  schema: S,
): DeclaredClass<S, ShapeKeepingLayer> {
  return declare(ShapeKeepingLayer, type, schema);
}

/** As `layerOf`, for layers that take several tensors in order. */
// @__NO_SIDE_EFFECTS__
export function mergingLayerOf<const S extends Schema>(
  type: string,
  schema: S,
): DeclaredClass<S, DeclaredLayer<readonly Tensor[]>> {
  return declare(DeclaredLayer<readonly Tensor[]>, type, schema);
}

function declare<S extends Schema, L>(base: Base<L>, type: string, schema: S): DeclaredClass<S, L> {
  const Super = base as Base<DeclaredLayer<Nest<Tensor>>>;
  abstract class Declared extends Super {
    constructor(options: LayerOptions & Readonly<Record<string, unknown>> = {}) {
      super(type, schema, options);
    }
  }
  return Declared as unknown as DeclaredClass<S, L>;
}
