import { type CompiledProgram, type Executable, wasmExecutable, withCustomSection } from '@weft/core/program';
import type { TrainingState } from '../checkpoints/state.js';
import type { Runtime } from '../runtime/runtime.js';
import { sha256Hex } from '../sha256.js';
import type { SessionMemory } from '../step/session.js';
import type { Launch } from '../step/stages.js';
import type { ProgramImage, StepsWork } from '../task.js';
import { type GuardedCall, guardedCalls, type Range } from './guarded-calls.js';
import { sameBits } from './same-bits.js';

/** What a program was given, and what its unpacked code made of it. */
interface Kept {
  readonly call: GuardedCall;
  readonly inputs: readonly (readonly [Range, Uint8Array])[];
  readonly outputs: readonly (readonly [Range, Uint8Array])[];
}

/** Guards begun in this process: each has modules of its own, since engines share the code of equal ones. */
let guards = 0;

/** Packed code gives other bits than unpacked code. The message says what training does about it, and how to report it. */
export class WrongCodeError extends Error {
  override readonly name = 'WrongCodeError';

  constructor(runtime: Runtime, { launch: { image }, compiled: { bytes } }: GuardedCall) {
    const hash = runtime.sha256?.(bytes) ?? sha256Hex(bytes);
    super(
      "The engine's code on vectors of 256 bits gives other results than its code on 128 bits. The work is done on 128 bits, more slowly, again from the last state that was verified: its results are right. " +
        `Please report this to the makers of Weft: ${runtime.engine ?? 'the engine and the processor'}; program ${image.id}, SHA-256 ${hash}. With simd: '128' it does not happen.`,
    );
  }
}

/**
 * Watches what the engine makes of programs where it packs vectors, which it does by an experimental flag, in code that
 * comes in for code that does not at a moment that no interface tells. All is done in the thread that asks, while no
 * worker works: modules of the same bytes share their code in a process.
 */
export class CodeGuard {
  private readonly kept: Kept[] = [];
  /** Whether nothing was checked yet. */
  isFresh = true;
  /** Whether no step was done since the last check. */
  isChecked = true;
  /** The last state that code which was checked has come to. */
  verified: TrainingState | undefined;
  private readonly executables = new Map<Launch, readonly [ProgramImage, Executable]>();

  private constructor(
    private readonly runtime: Runtime,
    private readonly programs: ReadonlyMap<Launch, CompiledProgram>,
  ) {}

  /**
   * Runs the first call of every program by code that is not packed, and keeps what it read and wrote. Memory is then
   * as it was.
   *
   * @returns undefined where the engine does not pack vectors
   */
  static async begin(
    { runtime, constants }: SessionMemory,
    work: StepsWork,
    programs: ReadonlyMap<Launch, CompiledProgram>,
  ): Promise<CodeGuard | undefined> {
    if (runtime.vectorBits !== 256 || runtime.kernels !== 'wasm' || !runtime.packVectors) return undefined;
    const guard = new CodeGuard(runtime, programs);
    // In a module of its own, which is compiled afresh: the others may have been packed in a training before.
    const references = new Map<Launch, ProgramImage>();
    const section = `reference ${++guards}`;
    for (const [launch, compiled] of programs) {
      const bytes = withCustomSection(compiled.bytes, section);
      references.set(launch, await runtime.load(`${launch.image.id} reference`, { ...compiled, bytes }));
    }
    // From here on nothing else runs in this thread until the flag is as it was.
    runtime.packVectors(false);
    try {
      guard.keep(guardedCalls(work, programs), references, constants);
    } finally {
      runtime.packVectors(true);
    }
    return guard;
  }

  /** A guard of these programs and of others. It begins with the state that this one has verified. */
  async withMore(
    session: SessionMemory,
    work: StepsWork,
    programs: ReadonlyMap<Launch, CompiledProgram>,
  ): Promise<CodeGuard | undefined> {
    const guard = await CodeGuard.begin(session, work, new Map([...this.programs, ...programs]));
    if (this.verified) guard?.hold(this.verified);
    return guard;
  }

  private keep(
    calls: readonly GuardedCall[],
    references: ReadonlyMap<Launch, ProgramImage>,
    constants: ReadonlyMap<number, number>,
  ): void {
    const written: (readonly [Range, Uint8Array])[] = [];
    const known = new Map<string, Uint8Array>();
    for (const call of calls) {
      // What nothing writes need not be kept: the examples.
      const changing = call.inputs.filter(({ address }) => !constants.has(address));
      for (const [which, range] of changing.entries()) {
        if (!this.isZero(range)) continue;
        written.push(...this.read([range]));
        this.fill(range, which);
      }
      written.push(...this.read(call.outputs));
      const inputs = call.isRepeated ? [] : this.read(changing, known);
      this.run(call, references.get(call.launch) as ProgramImage);
      if (!call.isRepeated) this.kept.push({ call, inputs, outputs: this.read(call.outputs) });
    }
    this.write(written.reverse());
  }

  /** Workers are about to do steps. */
  expectSteps(): void {
    this.isChecked = false;
  }

  /** Remembers a state, unless steps were done that have not been checked. */
  hold(state: TrainingState): void {
    if (this.isChecked) this.verified = state;
  }

  /**
   * Runs every program on what it was given at the beginning, by the code that workers run, if they have done steps
   * since the last time. Memory is then as it was.
   *
   * @throws WrongCodeError if one gives other bits; a NaN is as good as another
   */
  check(): void {
    if (this.isChecked) return;
    for (const { call, inputs, outputs } of this.kept) {
      const before = this.read([...inputs, ...outputs].map(([range]) => range));
      this.write(inputs);
      this.run(call, call.launch.image);
      const isRight = this.read(call.outputs).every(([range, bytes], which) =>
        sameBits(bytes, outputs[which][1], range.isFloat),
      );
      this.write(before);
      if (!isRight) throw new WrongCodeError(this.runtime, call);
    }
    this.isChecked = true;
    this.isFresh = false;
  }

  /** Has the engine pack no more, and workers run fresh modules. */
  async fallBack(): Promise<void> {
    this.runtime.distrustVectors?.();
    for (const [launch, compiled] of this.programs) {
      const bytes = withCustomSection(compiled.bytes, 'unpacked');
      launch.image = await this.runtime.load(`${launch.image.id} unpacked`, { ...compiled, bytes });
    }
  }

  private run({ launch, bases }: GuardedCall, image: ProgramImage): void {
    const [known, ready] = this.executables.get(launch) ?? [];
    const { memory } = this.runtime.memory;
    const executable = known === image && ready ? ready : wasmExecutable(image.module as WebAssembly.Module, memory);
    this.executables.set(launch, [image, executable]);
    executable.prologue(...bases.slice(0, image.segments));
    executable.main(...bases.slice(0, image.segments));
  }

  private numbers({ address, bytes }: Range): Float32Array {
    return new Float32Array(this.runtime.memory.memory.buffer, address, bytes / 4);
  }

  private isZero(range: Range): boolean {
    if (!range.isFloat) return false;
    // Loops instead of callbacks: these are millions of numbers, at the beginning of every training.
    for (const number of this.numbers(range)) if (number !== 0) return false;
    return true;
  }

  /** Small numbers in the place of zeros, as moments are before the first step: with those a wrong sum would not show. */
  private fill(range: Range, which: number): void {
    const numbers = this.numbers(range);
    for (let at = 0; at < numbers.length; at++) numbers[at] = (1 + ((7 * at + 13 * which) % 61)) / 2 ** 16;
  }

  /** @param known copies by place, of which those are taken that are still right */
  private read(ranges: readonly Range[], known = new Map<string, Uint8Array>()) {
    const { buffer } = this.runtime.memory.memory;
    return ranges.map((range): readonly [Range, Uint8Array] => {
      const now = new Uint8Array(buffer, range.address, range.bytes);
      const key = `${range.address} ${range.bytes}`;
      const copy = known.get(key);
      if (copy && sameBits(now, copy, range.isFloat)) return [range, copy];
      const fresh = now.slice();
      known.set(key, fresh);
      return [range, fresh];
    });
  }

  private write(contents: readonly (readonly [Range, Uint8Array])[]): void {
    const { buffer } = this.runtime.memory.memory;
    for (const [{ address, bytes }, content] of contents) new Uint8Array(buffer, address, bytes).set(content);
  }
}
