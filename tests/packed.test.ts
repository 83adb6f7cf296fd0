import { beforeAll, describe, expect, it } from 'vitest';
import { probeModule } from '../benchmarks/src/peak.js';
import { wideNodeAtHand } from '../scripts/node-releases.js';
import { packedFunctions } from '../scripts/packed-functions.js';
import { MODEL_NAMES, wideStepModules } from '../scripts/step-modules.js';

/**
 * Functions with loops over vectors that V8 may leave at 128 bits, and why that costs little. One that is packed, or is
 * no longer there, is to be taken from the list.
 */
const NARROW: readonly { readonly name: RegExp; readonly because: string }[] = [
  { name: /^transposition_/, because: 'shuffles across lanes; once a step' },
  {
    name: /^matmul_32x\d+x9\.tile_\dx12(#2)?$/,
    because: 'nine columns: a pair, a vector, and results one by one at the edge',
  },
  { name: /^gatherTiles_3136x9$/, because: 'nine numbers of one channel at a time' },
];

type PackedFunction = import('../scripts/packed-functions.js').PackedFunction;

const isListed = (name: string) => NARROW.some((entry) => entry.name.test(name));

const found = wideNodeAtHand();
const node = 'missing' in found ? { path: '', version: '', major: 0 } : found;

/** A module whose `f` adds eight numbers at an address to themselves, in two vectors, as often as it is told. */
function doubling(secondOffset: number): Uint8Array {
  const load = (offset: number) => [0x20, 0, 0xfd, 0, 0, offset];
  const twice = (local: number) => [0x20, local, 0x20, local, 0xfd, 0xe4, 1];
  const body = [
    ...[1, 2, 0x7b, 0x03, 0x40],
    ...[...load(0), 0x21, 2, ...load(secondOffset), 0x21, 3],
    ...[0x20, 0, ...twice(3), 0xfd, 11, 0, secondOffset, 0x20, 0, ...twice(2), 0xfd, 11, 0, 0],
    ...[0x20, 1, 0x41, 1, 0x6b, 0x22, 1, 0x0d, 0, 0x0b, 0x0b],
  ];
  const section = (id: number, content: readonly number[]) => [id, content.length, ...content];
  const text = (value: string) => [value.length, ...new TextEncoder().encode(value)];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, ...text('f'), 0, 0]),
    ...section(10, [1, body.length, ...body]),
    ...section(0, [...text('name'), 1, ...[9, 1, 0, ...text('double')]]),
  ]);
}

describe.skipIf('missing' in found)(
  `V8 with 256-bit registers${'missing' in found ? `: ${found.missing}` : ''}`,
  () => {
    it('packs two vectors side by side, and not two that lie apart', () => {
      expect(packedFunctions(node.path, doubling(16)).get('double')).toMatchObject({
        packed: true,
        loops: true,
        narrow: 0,
      });
      const apart = packedFunctions(node.path, doubling(48)).get('double');
      expect(apart).toMatchObject({ packed: false, loops: true, wide: 0, reason: expect.stringContaining('16 bytes') });
    });

    it.each(['exact', 'relaxed'] as const)("packs the benchmarks' probe of the peak, %s", (numerics) => {
      const probe = packedFunctions(node.path, probeModule(24, 2, numerics)).get('probe');
      expect(probe).toMatchObject({ packed: true, narrow: 0, twice: 0 });
    });

    const steps = MODEL_NAMES.flatMap((model) => [false, true].map((fastMath) => ({ model, fastMath })));
    const names = new Set<string>();

    describe.each(steps)('in a step of $model, fast math: $fastMath', (step) => {
      let loops: [string, PackedFunction][];
      beforeAll(() => {
        const functions = wideStepModules(node, step).flatMap(({ bytes }) => [...packedFunctions(node.path, bytes)]);
        loops = functions.filter(([, { loops }]) => loops);
        for (const [name] of loops) names.add(name);
      });

      it('packs every function with a loop over vectors but those listed', () => {
        expect(loops.length).toBeGreaterThan(20);
        const left = loops.filter(([name, { packed }]) => !packed && !isListed(name));
        expect(left.map(([name, { reason }]) => `${name}: ${reason}`)).toEqual([]);
        expect(loops.filter(([name, { packed }]) => packed && isListed(name)).map(([name]) => name)).toEqual([]);
      });

      it('stores nothing twice', () => {
        expect(loops.filter(([, { twice }]) => twice > 0).map(([name]) => name)).toEqual([]);
      });
    });

    it('has every listed function in some step', () => {
      expect(names.size).toBeGreaterThan(20);
      const absent = NARROW.filter((entry) => ![...names].some((name) => entry.name.test(name)));
      expect(absent.map(({ name }) => name.source)).toEqual([]);
    });
  },
);
