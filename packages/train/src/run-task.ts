import { type Executable, referenceExecutable, wasmExecutable } from '@weft/core/program';
import { arriveAndWait, BARRIER_WORDS, BarrierBroken, breakBarrier } from './barrier.js';
import { microBatchesOf } from './step/leaves.js';
import { runStages, type Workplace } from './step/run-stages.js';
import type { FinishStage, Launch } from './step/stages.js';
import { CONTROL, CONTROL_WORDS, type ProgramImage, STOPPED, type StepsWork, type Task } from './task.js';

/** Executables by their program's id: all of the running session, and some of those before. */
const executables = new Map<string, Executable>();
let session = '';

/** Executables that are kept from session to session. */
const KEPT = 64;

/** What makes executables of programs for the reference kernels. */
export type MakeReference = typeof referenceExecutable;

function executableOf(image: ProgramImage, memory: WebAssembly.Memory, makeReference?: MakeReference): Executable {
  const known = executables.get(image.id);
  if (known) return known;
  if (!image.module && !makeReference) throw new TypeError('This worker has no reference kernels.');
  const executable = image.module
    ? wasmExecutable(image.module, memory)
    : makeReference!(image.program!, image.plan!, memory);
  executables.set(image.id, executable);
  return executable;
}

function forgetOldest(map: Map<string, unknown>, kept: number): void {
  for (const key of map.keys()) {
    if (map.size <= kept) return;
    map.delete(key);
  }
}

/** A worker at its place: shared memory, the barrier, and the programs that it has at hand. */
class TaskPlace implements Workplace {
  readonly worker: number;
  readonly workers: number;
  readonly memory: WebAssembly.Memory;
  private readonly control: Int32Array;
  private readonly barrier: Int32Array;

  constructor(
    private readonly task: Task,
    private readonly makeReference: MakeReference | undefined,
    private readonly delay: () => void,
  ) {
    const { memory, control, worker, workers, work } = task;
    if (session !== work.session) forgetOldest(executables, KEPT);
    session = work.session;
    this.worker = worker;
    this.workers = workers;
    this.memory = memory;
    this.control = new Int32Array(memory.buffer, control, CONTROL_WORDS);
    this.barrier = new Int32Array(memory.buffer, control + CONTROL.barrier * 4, BARRIER_WORDS);
  }

  wait(): void {
    this.delay();
    arriveAndWait(this.barrier, this.workers);
  }

  fail(): void {
    breakBarrier(this.barrier);
  }

  *tickets(address: number, count: number): Generator<number> {
    const word = new Int32Array(this.memory.buffer, address, 1);
    for (;;) {
      this.delay();
      const ticket = Atomics.add(word, 0, 1);
      if (ticket >= count) return;
      yield ticket;
    }
  }

  run(part: 'prologue' | 'main', { image }: Launch, bases: readonly number[]): void {
    executableOf(image, this.task.memory, this.makeReference)[part](...bases.slice(0, image.segments));
  }

  /** Counts a step, and says whether and why it was the last one. Only worker 0 does, between two barriers. */
  endStep({ isReported, finite }: StepsWork, step: number, { endsStep }: FinishStage): void {
    if (!endsStep) return;
    const { buffer } = this.memory;
    // No worker draws tickets now: the stage that did ended with a barrier.
    new Int32Array(buffer, endsStep.tickets, endsStep.count).fill(0);
    if (!isReported) return;
    const isLost = finite.some((address) => !Number.isFinite(new Float64Array(buffer, address + 8 * step, 1)[0]));
    const isWanted = Atomics.load(this.control, CONTROL.stopWanted) !== 0;
    const stopped = isLost ? STOPPED.lossIsNotFinite : isWanted ? STOPPED.wanted : STOPPED.no;
    Atomics.store(this.control, CONTROL.stopped, stopped);
    // Last: a thread that sees the step counted sees its numbers.
    Atomics.store(this.control, CONTROL.steps, step + 1);
  }

  get stopped(): number {
    return Atomics.load(this.control, CONTROL.stopped);
  }
}

/**
 * Does a worker's part of some steps. A worker that fails frees the others before it says so; those end without an
 * error, since it is not theirs.
 *
 * @param delay called where the worker asks for work or for the others: tests let it wait there
 * @example
 * const runAlone = (work: StepsWork, memory: SharedMemory, control: number) =>
 *   runTask({ work, memory: memory.memory, control, worker: 0, workers: 1 });
 */
export function runTask(task: Task, delay: () => void = () => {}): void {
  const steps = taskSteps(task, referenceExecutable, delay);
  while (!steps.next().done);
}

/**
 * As `runTask`, with a pause after each step: for threads that have something else to do in between.
 *
 * @param makeReference left out where there are no programs for the reference kernels: then their code is not needed
 * @example
 * async function runInPieces(task: Task) {
 *   for (const _ of taskSteps(task)) await new Promise((resolve) => setTimeout(resolve));
 * }
 */
export function* taskSteps(
  task: Task,
  makeReference?: MakeReference,
  delay: () => void = () => {},
): Generator<void, void, void> {
  const place = new TaskPlace(task, makeReference, delay);
  try {
    yield* runSteps(task.work, place);
  } catch (error) {
    if (error instanceof BarrierBroken) return;
    place.fail();
    throw error;
  }
}

function* runSteps(work: StepsWork, place: TaskPlace): Generator<void, void, void> {
  const { stages, count, batchSize, firstStep, endStep, isReported, next } = work;
  const batches = microBatchesOf(count, batchSize);
  for (let step = firstStep; step < endStep; step++) {
    const batch = batches[step];
    const standing = { batchBegin: batch.begin, step: work.resultStep ?? step };
    runStages(place, stages[batch.count], standing, (finish) => place.endStep(work, step, finish));
    yield;
    if (!isReported) continue;
    if (place.stopped === STOPPED.lossIsNotFinite) return;
    // Work whose steps are all done is ended as other work is, with what comes after it.
    if (place.stopped === STOPPED.wanted && step + 1 < batches.length) return;
  }
  if (next && endStep === batches.length) yield* runSteps(next, place);
}
