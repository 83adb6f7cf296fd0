import type { ProgramImage, Runtime, StepsWork } from '../../src/runtime.js';
import type { Launch, StagesBySize } from '../../src/step/stages.js';

/** Numbers of instructions on four floats: additions and multiplications, and what wrong code has in their place. */
const MISTAKES: Readonly<Record<number, number>> = { 228: 229, 230: 228 };

/** A module that subtracts where it should add, and adds where it should multiply; undefined if it does neither. */
function mistaken(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const wrong = bytes.slice();
  for (let at = 0; at + 2 < bytes.length; at++) {
    const isVector = bytes[at] === 0xfd && bytes[at + 2] === 1;
    if (isVector && bytes[at + 1] in MISTAKES) wrong[at + 1] = MISTAKES[bytes[at + 1]];
  }
  return wrong.some((byte, at) => byte !== bytes[at]) && WebAssembly.validate(wrong) ? wrong : undefined;
}

/** What has become wrong. */
export interface WrongCode {
  /** Names of programs of which there is wrong code, and of those of which there could be. */
  readonly wrong: Set<string>;
  readonly possible: Set<string>;
}

/**
 * A runtime of an engine that packs vectors, and makes wrong code of it: as in an engine, it comes in for right code at
 * some moment, but not where modules are loaded with the flag off, or after it was distrusted.
 *
 * @param after   calls that workers do right
 * @param isWrong whether a program's code gets wrong then
 */
export function withWrongCode<R extends Runtime>(
  runtime: R,
  after: number,
  isWrong: (name: string) => boolean = () => true,
): R & WrongCode {
  const bytesOf = new Map<WebAssembly.Module | undefined, Uint8Array<ArrayBuffer>>();
  const [wrong, possible] = [new Set<string>(), new Set<string>()];
  let [isOn, calls, vectorBits] = [true, 0, 256];
  const pack = ({ stages, next }: StepsWork): void => {
    for (const launch of launchesOf(stages)) {
      const { image } = launch;
      const bytes = mistaken(bytesOf.get(image.module) ?? new Uint8Array());
      const name = nameOf(image);
      if (!bytes) continue;
      possible.add(name);
      if (!isWrong(name) || wrong.has(name)) continue;
      wrong.add(name);
      launch.image = { ...image, id: `${image.id} packed`, module: new WebAssembly.Module(bytes) };
    }
    if (next) pack(next);
  };
  const overriding: Partial<Runtime> = {
    engine: 'an engine that is wrong',
    packVectors(on) {
      isOn = on;
    },
    distrustVectors() {
      [isOn, vectorBits] = [false, 128];
    },
    async load(id, compiled) {
      const image = await runtime.load(id, compiled);
      bytesOf.set(image.module, compiled.bytes);
      return image;
    },
    async runOnAll(work) {
      if (isOn && calls++ >= after) pack(work);
      await runtime.runOnAll(work);
    },
  };
  return Object.create(runtime, {
    ...Object.getOwnPropertyDescriptors({ wrong, possible, ...overriding }),
    vectorBits: { get: () => vectorBits },
  });
}

/** A program's name without that of its session. */
const nameOf = ({ id }: ProgramImage) => id.replace(/^\S+ /, '');

function launchesOf(stages: StagesBySize): Launch[] {
  return Object.values(stages)
    .flat()
    .flatMap((stage) => {
      if (stage.kind === 'micro') return [...Object.values(stage.first), ...Object.values(stage.next)];
      if (stage.kind === 'slices') return stage.parts.map(({ launch }) => launch);
      return stage.kind === 'whole' ? [stage.launch] : [];
    });
}
