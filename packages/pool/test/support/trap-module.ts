import type { ProgramImage, StepsWork } from '@weft/train/runtime';

/** An unsigned number in LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...unsigned(Math.floor(value / 128))];
}

/** A signed 32-bit number in LEB128, always five bytes. */
function signed(value: number): number[] {
  const word = value | 0;
  return [0, 7, 14, 21].map((shift) => ((word >> shift) & 0x7f) | 0x80).concat((word >> 28) & 0x7f);
}

const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];

/**
 * A module in place of a compiled program, whose prologue and main trap in the worker with a certain arena, or in all
 * workers, and else do nothing.
 */
function trapModule({ segments }: ProgramImage, arena?: number): WebAssembly.Module {
  // (if (i32.eq (local.get 0) (i32.const arena)) (then unreachable)), or unreachable alone.
  const trap = arena === undefined ? [0x00] : [0x20, 0, 0x41, ...signed(arena), 0x46, 0x04, 0x40, 0x00, 0x0b];
  const code = [0, ...trap, 0x0b];
  return new WebAssembly.Module(
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, [1, 0x60, segments, ...new Array<number>(segments).fill(0x7f), 0]),
      ...section(2, [1, ...name('weft'), ...name('memory'), 2, 3, 1, ...unsigned(65536)]),
      ...section(3, [1, 0]),
      ...section(7, [2, ...name('prologue'), 0, 0, ...name('main'), 0, 0]),
      ...section(10, [1, ...unsigned(code.length), ...code]),
    ]),
  );
}

type Stage = StepsWork['stages'][number][number];
type Launch = Extract<Stage, { kind: 'whole' }>['launch'];

/**
 * Work whose programs of some kind trap.
 *
 * @param kind   what the programs' ids contain
 * @param victim the worker in which they trap; those of it must have an arena
 */
export function withTraps(work: StepsWork, kind: string, victim: number | 'all'): StepsWork {
  const trapped = (launch: Launch): Launch => {
    const { image, blocks } = launch;
    if (!image.id.includes(kind)) return launch;
    const [{ address, perWorker = 0 }] = blocks;
    const arena = victim === 'all' ? undefined : address + perWorker * victim;
    return { ...launch, image: { ...image, id: `${image.id} trap`, module: trapModule(image, arena) } };
  };
  const all = (launches: Readonly<Record<number, Launch>>) =>
    Object.fromEntries(Object.entries(launches).map(([count, launch]) => [count, trapped(launch)]));
  const changed = (stage: Stage): Stage => {
    switch (stage.kind) {
      case 'micro':
        return { ...stage, first: all(stage.first), next: all(stage.next) };
      case 'slices':
        return { ...stage, parts: stage.parts.map((part) => ({ ...part, launch: trapped(part.launch) })) };
      case 'whole':
        return { ...stage, launch: trapped(stage.launch) };
      case 'finish':
        return stage;
    }
  };
  const stages = Object.entries(work.stages).map(([count, list]) => [count, list.map(changed)]);
  return { ...work, stages: Object.fromEntries(stages), next: work.next && withTraps(work.next, kind, victim) };
}
