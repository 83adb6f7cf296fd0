import { Recent } from '../run/recent.js';
import { FunctionBuilder, KIND_BYTE, type Local, type ValueKind } from './assembler.js';
import { ByteWriter } from './byte-writer.js';
import { labelOf } from './labels.js';
import { type EmitOptions, type MatmulTiles, tilesOf } from './tiles.js';

/** Functions written last: programs for other sizes of batches have many in common. */
const written = new Recent<FunctionBuilder>(512);

/** Collects functions and writes the module. */
export class ModuleBuilder {
  /** Functions and their numbers. */
  private readonly functions = new Map<FunctionBuilder, number>();
  private readonly exported: { readonly name: string; readonly f: FunctionBuilder }[] = [];

  /** How matrix products are cut. */
  readonly tiles: MatmulTiles;
  /** Whether matrix products and transformations of tiles are written for pairs of vectors. */
  readonly widest: 'pair' | 'vector';
  private readonly fastMath: boolean;
  /** Stands for what functions of the same name may differ by. */
  private readonly dialect: string;

  constructor(options: EmitOptions = {}) {
    this.fastMath = options.fastMath ?? false;
    this.widest = options.vectorBits === 256 ? 'pair' : 'vector';
    this.tiles = tilesOf(options);
    this.dialect = JSON.stringify([this.fastMath, this.widest, this.tiles]);
  }

  /**
   * Adds a function, and what it calls, unless it is there. A name stands for one meaning in all modules, so that a
   * function may have been written for another one. What stands before the name's first space is the label that
   * profilers show.
   */
  define(
    name: string,
    parameters: readonly ValueKind[],
    write: (f: FunctionBuilder, ...locals: Local[]) => void,
    result?: ValueKind,
  ): FunctionBuilder {
    return this.add(
      written.get(`${this.dialect} ${name}`, () => {
        const f = new FunctionBuilder(name, parameters, result, this.fastMath);
        write(f, ...f.parameters);
        return f;
      }),
    );
  }

  /** Adds a function of this module alone, which is called from outside. */
  export(
    name: string,
    parameters: readonly ValueKind[],
    write: (f: FunctionBuilder, ...locals: Local[]) => void,
    result?: ValueKind,
  ): void {
    const f = new FunctionBuilder(name, parameters, result, this.fastMath);
    write(f, ...f.parameters);
    this.exported.push({ name, f: this.add(f) });
  }

  private add(f: FunctionBuilder): FunctionBuilder {
    if (this.functions.has(f)) return f;
    for (const callee of f.callees) this.add(callee);
    this.functions.set(f, this.functions.size);
    return f;
  }

  /** The module; it imports its memory as `weft.memory`. */
  encode(memory: { initial: number; maximum: number; shared: boolean }): Uint8Array<ArrayBuffer> {
    const functions = [...this.functions.keys()];
    const indexOf = (f: FunctionBuilder) => this.functions.get(f) as number;
    const output = new ByteWriter().all([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const section = <T>(id: number, items: readonly T[], write: (to: ByteWriter, item: T, index: number) => void) => {
      const content = new ByteWriter().unsigned(items.length);
      items.forEach((item, index) => void write(content, item, index));
      output.byte(id).sized(content);
    };
    section(1, functions, (to, { parameterKinds, result }) => {
      to.byte(0x60).unsigned(parameterKinds.length);
      for (const kind of parameterKinds) to.byte(KIND_BYTE[kind]);
      to.all(result ? [1, KIND_BYTE[result]] : [0]);
    });
    section(2, [memory], (to, { shared, initial, maximum }) => {
      to.text('weft')
        .text('memory')
        .byte(2)
        .byte(shared ? 3 : 1)
        .unsigned(initial)
        .unsigned(maximum);
    });
    section(3, functions, (to, _, index) => to.unsigned(index));
    section(7, this.exported, (to, { name, f }) => to.text(name).byte(0).unsigned(indexOf(f)));
    section(10, functions, (to, f) => to.sized(f.encode(indexOf)));
    const names = new ByteWriter().unsigned(functions.length);
    for (const [index, label] of labelsOf(functions).entries()) names.unsigned(index).text(label);
    return output.byte(0).sized(new ByteWriter().text('name').byte(1).sized(names)).copy();
  }
}

/** The functions' labels, in their order; equal ones are numbered. */
function labelsOf(functions: readonly FunctionBuilder[]): string[] {
  const counts = new Map<string, number>();
  return functions.map(({ name }) => {
    const label = labelOf(name);
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count === 1 ? label : `${label}#${count}`;
  });
}
