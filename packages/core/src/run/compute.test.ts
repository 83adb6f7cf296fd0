import { afterEach, describe, expect, it, vi } from 'vitest';
import { sum } from '../operations/broadcast.js';
import { placeholder } from '../operations/definition.js';
import { add, exp, mul, neg } from '../operations/elementwise.js';
import { matmul } from '../operations/matmul.js';
import { reshape } from '../operations/reshape.js';
import { concatenate } from '../operations/slice.js';
import { table, tensor } from '../tensor/create.js';
import { randomNormal, randomUniform } from '../tensor/random.js';
import { compute, type KernelSet } from './compute.js';
import { compileModule } from './executable.js';
import { statistics } from './statistics.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each<KernelSet>(['reference', 'wasm'])('compute with %s kernels', (kernels) => {
  const run = (...tensors: Parameters<typeof compute>[0]) => compute(tensors, { kernels });

  it('computes chains of thousands of operations', () => {
    let x = tensor([1, 2, 3, 4, 5]);
    for (let step = 0; step < 5000; step++) x = step % 2 === 0 ? neg(x) : add(x, 0.5);
    // Each pair of steps takes x to 0.5 - x, and the next pair back.
    expect([...run(x)[0]]).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives each tensor its values, also one asked for twice, a leaf and a reshaped leaf', () => {
    const x = tensor([1, 2, 3, 4]);
    const doubled = mul(x, 2);
    const wanted = [
      [2, 4, 6, 8],
      [1, 2, 3, 4],
      [2, 4, 6, 8],
      [1, 2, 3, 4],
    ];
    expect(run(doubled, x, doubled, reshape(x, [2, 2])).map((values) => [...values])).toEqual(wanted);
  });

  it('hands out copies: what is done to results changes neither tensors nor each other', () => {
    const data = Uint8Array.of(1, 2, 3);
    const [x, bytes] = [tensor([1, 2, 3]), table(data)];
    const results = run(x, x, bytes, neg(x));
    for (const values of results) values.fill(9);
    expect(run(x, x, bytes, neg(x)).map((values) => [...values])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
      [-1, -2, -3],
    ]);
    expect([...data]).toEqual([1, 2, 3]);
    expect(results[2]).toBeInstanceOf(Uint8Array);
  });

  it('keeps results when other tensors are evaluated afterwards', () => {
    const first = run(exp(tensor([0, 1])));
    const before = [...first[0]];
    run(neg(tensor(new Float32Array(100).fill(5))));
    expect([...first[0]]).toEqual(before);
  });

  it('computes with tensors that have no elements', () => {
    const empty = tensor([], [0, 3]);
    expect(run(neg(empty))[0]).toHaveLength(0);
    expect([...run(sum(empty, 0))[0]]).toEqual([0, 0, 0]);
    expect([...run(matmul(tensor([], [2, 0]), empty))[0]]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...run(concatenate([empty, tensor([[1, 2, 3]])]))[0]]).toEqual([1, 2, 3]);
  });

  it('refuses placeholders', () => {
    const x = placeholder({ shape: [2, 3], dtype: 'float32' }, 'x');
    expect(() => run(add(x, 1))).toThrow('a placeholder of shape [2,3] has no values. Run it in a program.');
  });
});

describe('the memory that tensors are evaluated in', () => {
  const large = (length: number) => compute([add(tensor(new Float32Array(length).fill(1)), 1)], { kernels: 'wasm' })[0];

  it('grows as it must', () => {
    large(10);
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    const values = large(3_000_000);
    expect(grow).toHaveBeenCalled();
    expect(values.length).toBe(3_000_000);
    expect(values.every((value) => value === 2)).toBe(true);
  });

  it('does not grow when the same is evaluated again', () => {
    large(500_000);
    const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
    for (let round = 0; round < 5; round++) large(500_000);
    expect(grow).not.toHaveBeenCalled();
  });

  it('is refused in plain words where the engine has no more', () => {
    const x = tensor(new Float32Array(1));
    const huge = Array.from({ length: 5 }, (_, i) => add(reshape(x, [1]), i));
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('no');
    });
    const wide = huge.map((y) => mul(add(tensor(new Float32Array(4_000_000)), y), 2));
    expect(() => compute(wide, { kernels: 'wasm' })).toThrow(/compute: \d+ MiB are needed, and the engine does not/);
  });
});

describe('options', () => {
  it('have a computed tensor computed again, and what it keeps stay', () => {
    const x = tensor(Float32Array.from({ length: 64 }, (_, i) => i / 7 - 4));
    const y = exp(x);
    const kept = y.toArray();
    const [reference] = compute([y], { kernels: 'reference' });
    const [wasm] = compute([y], { kernels: 'wasm' });
    expect(reference).not.toEqual(wasm);
    expect(wasm).toEqual(kept);
    expect(y.toArray()).toEqual(kept);
  });
});

describe('seeds', () => {
  it('are data: another one needs no other program', () => {
    const draws = (seed: number) => [...randomNormal([3, 5], { seed }).toArray()];
    const first = draws(1);
    const { compilations } = statistics;
    const others = [2, 2 ** 40, 1].map(draws);
    expect(statistics.compilations).toBe(compilations);
    expect(others[2]).toEqual(first);
    expect(new Set(others.map(String)).size).toBe(3);
  });

  it('may be tensors of two words', () => {
    const options = { stream: 3, low: -1 };
    const words = table(Uint32Array.of(5, 1));
    expect(randomUniform([7], { ...options, seed: words }).toArray()).toEqual(
      randomUniform([7], { ...options, seed: 2 ** 32 + 5 }).toArray(),
    );
    expect(() => randomUniform([7], { seed: tensor([1, 2]) })).toThrow(/seed of two words/);
  });
});

describe("a page's Content Security Policy", () => {
  it.each([
    'WebAssembly.Module(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive',
    'call to WebAssembly.Module() blocked by CSP',
    'WebAssembly.Module(): Wasm code generation disallowed by embedder',
  ])('that forbids WebAssembly is named: %s', (message) => {
    const { CompileError } = WebAssembly;
    vi.stubGlobal('WebAssembly', {
      Module: class {
        constructor() {
          throw new CompileError(message);
        }
      },
    });
    expect(() => compileModule(new Uint8Array(8))).toThrow(/wasm-unsafe-eval.*kernels: 'reference'/);
    vi.unstubAllGlobals();
    expect(() => compileModule(new Uint8Array(8))).toThrow(CompileError);
  });
});
