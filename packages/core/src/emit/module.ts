import { FunctionBuilder, KIND_BYTE, type Local, unsigned, type ValueKind } from './assembler.js';
import { labelOf } from './labels.js';
import { type MatmulTiles, TILES, type VectorBits } from './tiles.js';

/** Collects functions and writes the module. */
export class ModuleBuilder {
  private readonly functions: FunctionBuilder[] = [];
  private readonly exported: { name: string; index: number }[] = [];
  private readonly known = new Map<string, number>();

  /**
   * @param fastMath   whether relaxed instructions may be used
   * @param vectorBits of the registers that kernels are cut for
   * @param tiles      how matrix products are cut
   */
  constructor(
    private readonly fastMath = false,
    vectorBits: VectorBits = 128,
    readonly tiles: MatmulTiles = TILES[fastMath ? 'relaxed' : 'exact'][vectorBits],
  ) {}

  /**
   * Adds a function unless one of that name is there, and returns its index. A name stands for one meaning. What stands
   * before its first space is the label that profilers show.
   */
  define(
    name: string,
    parameters: readonly ValueKind[],
    write: (f: FunctionBuilder, ...locals: Local[]) => void,
    result?: ValueKind,
  ): number {
    const before = this.known.get(name);
    if (before !== undefined) return before;
    const builder = new FunctionBuilder(name, parameters, result, this.fastMath);
    write(builder, ...builder.parameters);
    const index = this.functions.push(builder) - 1;
    this.known.set(name, index);
    return index;
  }

  export(name: string, index: number): void {
    this.exported.push({ name, index });
  }

  /** The module; it imports its memory as `weft.memory`. */
  encode(memory: { initial: number; maximum: number; shared: boolean }): Uint8Array<ArrayBuffer> {
    const text = (value: string) => [...unsigned(value.length), ...[...value].map((c) => c.charCodeAt(0))];
    const vector = (items: readonly number[][]) => [...unsigned(items.length), ...items.flat()];
    const types = this.functions.map(({ parameterKinds, result }) => [
      0x60,
      ...vector(parameterKinds.map((kind) => [KIND_BYTE[kind]])),
      ...vector(result ? [[KIND_BYTE[result]]] : []),
    ]);
    const limits = [memory.shared ? 3 : 1, ...unsigned(memory.initial), ...unsigned(memory.maximum)];
    const output: number[] = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const section = (id: number, content: number[]) => {
      output.push(id, ...unsigned(content.length));
      for (const byte of content) output.push(byte);
    };
    section(1, vector(types));
    section(2, vector([[...text('weft'), ...text('memory'), 2, ...limits]]));
    section(3, vector(types.map((_, index) => unsigned(index))));
    section(7, vector(this.exported.map(({ name, index }) => [...text(name), 0, ...unsigned(index)])));
    const code: number[] = [...unsigned(this.functions.length)];
    for (const builder of this.functions) {
      const body = builder.encode();
      code.push(...unsigned(body.length));
      for (const byte of body) code.push(byte);
    }
    section(10, code);
    const labels = this.labels().map((label, index) => [...unsigned(index), ...text(label)]);
    const names = vector(labels);
    section(0, [...text('name'), 1, ...unsigned(names.length), ...names]);
    return Uint8Array.from(output);
  }

  /** The functions' labels, in their order; equal ones are numbered. */
  private labels(): string[] {
    const counts = new Map<string, number>();
    return this.functions.map(({ name }) => {
      const label = labelOf(name);
      const count = (counts.get(label) ?? 0) + 1;
      counts.set(label, count);
      return count === 1 ? label : `${label}#${count}`;
    });
  }
}
