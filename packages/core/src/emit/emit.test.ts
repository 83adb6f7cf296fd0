import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoencoderTraining } from '../../test/support/autoencoder.js';
import { disassemble } from '../../test/support/disassemble.js';
import { layOut } from '../../test/support/planned.js';
import { build, recipes } from '../../test/support/programs.js';
import { fuse } from '../fuse/fuse.js';
import type { Placement } from '../plan/plan.js';
import { compile, lower } from '../run/compile.js';
import { wasmExecutable } from '../run/executable.js';
import { runReference } from '../run/reference.js';
import { typedArrayAt } from '../run/typed-array.js';
import { byteLength, type TypedArray } from '../tensor/shape.js';
import { trace } from '../trace/trace.js';
import { emitModule } from './emit.js';

const LIMITS = { initial: 1, maximum: 65536, shared: false };

function compiledAutoencoder(count: number) {
  const { program, weights } = autoencoderTraining(count);
  const { placed } = layOut(program, 1);
  const inputs = program.inputs.map((value) => placed.get(value) as Placement);
  const sums = inputs.slice(1 + weights.length);
  return compile(program, { inputs, outputs: sums, invariant: weights, memory: { ...LIMITS, shared: true } });
}

/** The names in a module's name section, by the WebAssembly specification 2.0, appendix "Custom Sections". */
function functionNames(module: WebAssembly.Module): string[] {
  const bytes = new Uint8Array(WebAssembly.Module.customSections(module, 'name')[0]);
  let at = 0;
  const number = () => {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 128) return result;
    }
  };
  expect([number(), number()]).toEqual([1, bytes.length - at]);
  return Array.from({ length: number() }, (_, index) => {
    expect(number()).toBe(index);
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  });
}

describe('an emitted module', () => {
  it('is valid, and the same bytes for the same program', () => {
    const { bytes } = compiledAutoencoder(3);
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(compiledAutoencoder(3).bytes).toEqual(bytes);
  });

  it('holds no instruction whose result may differ between machines', () => {
    const vectors = new Set(disassemble(compiledAutoencoder(3).bytes).flat());
    // Relaxed SIMD has the numbers from 100 in hexadecimal.
    const relaxed = [...vectors].filter((name) => name.startsWith('fd') && Number.parseInt(name.slice(3), 16) >= 0x100);
    expect(relaxed).toEqual([]);
    expect(vectors.has('fd e6')).toBe(true);
  });

  it('does not grow with the number of examples, and stays small', () => {
    const [few, many] = [compiledAutoencoder(4).bytes.length, compiledAutoencoder(16).bytes.length];
    expect(few).toBeLessThan(400_000);
    expect(many).toBeLessThan(1.5 * few);
  });

  it('is refused where an operation has no WebAssembly, and never written with another one', () => {
    const unknown = { name: 'cube', inputs: [0], outputs: [1], attributes: {} };
    const values = [0, 1].map(() => ({ shape: [4], dtype: 'float32' as const }));
    const body = { values, inputs: [0], outputs: [1], operations: [unknown] };
    const emit = (kind: string) => {
      const operation = { name: 'kernel', inputs: [0], outputs: [1], attributes: { kind, body } };
      const program = { ...body, operations: [operation] };
      const placements = [0, 64].map((offset) => ({ segment: 1, offset }));
      const plan = { placements, arenaBytes: 0, transientBytes: 0, prologue: [], main: [operation] };
      return emitModule(program, plan, LIMITS);
    };
    expect(() => emit('cube')).toThrow('there is no WebAssembly for "cube"');
    expect(() => emit('toString')).toThrow('there is no WebAssembly for "toString"');
    expect(() => emit('transpose')).toThrow('there is no WebAssembly that copies as "cube" does');
  });

  it('names each of its functions, shortly and once, for profilers', () => {
    const { bytes } = compiledAutoencoder(8);
    const names = functionNames(new WebAssembly.Module(bytes));
    expect(names.length).toBe(disassemble(bytes).length);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z][\w.#]{0,79}$/);
    expect(names).toEqual(expect.arrayContaining(['main', 'prologue']));
    expect(names.some((name) => /^matmul_.*\d+x\d+x\d+/.test(name))).toBe(true);
    expect(names.some((name) => /^loop_\d+x.*_sum$/.test(name))).toBe(true);
    expect(names.join('').length).toBeLessThan(0.1 * bytes.length);
  });

  it('asks for one memory and gives two functions', () => {
    const module = new WebAssembly.Module(compiledAutoencoder(1).bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'weft', name: 'memory', kind: 'memory' }]);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toEqual(['prologue', 'main']);
  });

  it('writes to its arena and its outputs alone, whatever lay there', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: LIMITS.maximum });
    fc.assert(
      fc.property(recipes(), fc.nat(255), (recipe, mask) => {
        const { outputs, leaves } = build(recipe, true);
        const traced = trace(outputs, leaves);
        const fused = fuse(lower(traced.program));
        const inputs = layOut(fused, 1);
        // Outputs lie apart, each with a gap behind it, in which nothing may be written.
        let outputBytes = 64;
        const seen = new Set(fused.inputs);
        const places = fused.outputs.map((value): Placement | undefined => {
          if (seen.has(value)) return undefined;
          seen.add(value);
          const offset = outputBytes;
          outputBytes += Math.ceil(byteLength(fused.values[value]) / 64) * 64 + 64;
          return { segment: 2, offset };
        });
        const compiled = compile(traced.program, {
          inputs: fused.inputs.map((value) => inputs.placed.get(value) as Placement),
          outputs: places,
          invariant: fused.inputs.flatMap((_, which) => ((mask >> (which % 8)) & 1 ? [which] : [])),
          memory: LIMITS,
        });
        expect(WebAssembly.validate(compiled.bytes)).toBe(true);

        const arena = inputs.bytes + outputBytes + 64;
        const end = arena + compiled.arenaBytes + 64;
        const missing = Math.ceil(end / 65536) + 1 - memory.buffer.byteLength / 65536;
        if (missing > 0) memory.grow(missing);
        const bytes = new Uint8Array(memory.buffer, 0, end);
        // All bits set is NaN in every float: what is read without having been written shows.
        bytes.fill(255);
        const data = traced.leaves.map(({ node, index }) => node.data[index] as TypedArray);
        fused.inputs.forEach((value, which) => {
          const { buffer, byteOffset, byteLength: length } = data[which];
          bytes.set(new Uint8Array(buffer, byteOffset, length), inputs.placed.get(value)?.offset);
        });
        const before = bytes.slice();
        const { prologue, main } = wasmExecutable(new WebAssembly.Module(compiled.bytes), memory);
        const bases = [arena, 0, inputs.bytes].slice(0, compiled.segments);
        prologue(...bases);
        main(...bases);

        const want = runReference(lower(traced.program), data);
        const isOutput = new Uint8Array(end);
        fused.outputs.forEach((value, which) => {
          const { segment, offset } = compiled.plan.placements[value] as Placement;
          const address = [arena, 0, inputs.bytes][segment] + offset;
          const got = typedArrayAt(fused.values[value], memory.buffer, address);
          const largest = Float32Array.from(want[which]).reduce((most, x) => Math.max(most, Math.abs(x)), 0.05);
          got.forEach((x, i) => {
            if (!(Math.abs(x - want[which][i]) <= 2e-4 * largest))
              expect.fail(`output ${which}: ${x}, not ${want[which][i]}`);
          });
          if (segment === 2) isOutput.fill(1, address, address + got.byteLength);
        });
        const touched = before.findIndex((byte, at) => {
          const inArena = at >= arena && at < arena + compiled.arenaBytes;
          return !inArena && isOutput[at] === 0 && bytes[at] !== byte;
        });
        if (touched >= 0) {
          const where = touched < inputs.bytes ? 'inputs' : touched < arena ? 'gaps between outputs' : 'end';
          expect.fail(`byte ${touched} was written, among the ${where}`);
        }
      }),
      { numRuns: 60 },
    );
  });
});
