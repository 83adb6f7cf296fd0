import { type Executable, referenceExecutable, wasmExecutable } from '@weft/core/program';
import { arriveAndWait, BARRIER_WORDS, BarrierBroken, breakBarrier } from './barrier.js';
import { delay } from './delays.js';
import { type Piece, piecesOf, piecesOfLane } from './pieces.js';
import { keyOffsets, SLICE } from './programs.js';
import { CONTROL, CONTROL_WORDS, type EpochTask, type MapTask, type ProgramImage, STOPPED, type Task } from './task.js';

/** Executables of the running session, by their program's id. */
const executables = new Map<string, Executable>();
let session = '';

function executableOf(image: ProgramImage, memory: WebAssembly.Memory): Executable {
  const known = executables.get(image.id);
  if (known) return known;
  const executable = image.module
    ? wasmExecutable(image.module, memory)
    : referenceExecutable(image.program!, image.plan!, memory);
  executables.set(image.id, executable);
  return executable;
}

/** What a worker needs at hand while it runs a task. */
class Workplace {
  readonly control: Int32Array;
  private readonly barrier: Int32Array;

  constructor(private readonly task: Task) {
    if (session !== task.session) executables.clear();
    session = task.session;
    const { buffer } = task.memory;
    this.control = new Int32Array(buffer, task.control, CONTROL_WORDS);
    this.barrier = new Int32Array(buffer, task.control + CONTROL.barrier * 4, BARRIER_WORDS);
  }

  wait(): void {
    delay();
    arriveAndWait(this.barrier, this.task.workers);
  }

  fail(): void {
    breakBarrier(this.barrier);
  }

  /** Numbers from 0 to count that no other worker has drawn. Who computes what is left to chance; results are not. */
  *tickets(count: number): Generator<number> {
    for (;;) {
      delay();
      const ticket = Atomics.add(this.control, CONTROL.ticket, 1);
      if (ticket >= count) return;
      yield ticket;
    }
  }

  /** Runs a part of a program, with the addresses of its segments after the arena's. */
  run(part: 'prologue' | 'main', image: ProgramImage, ...segments: number[]): void {
    const bases = [image.arenas[this.task.worker], ...segments].slice(0, image.segments);
    executableOf(image, this.task.memory)[part](...bases);
  }

  /** Addresses of the segments of a program on examples, with its results at one. */
  segments(results: number): number[] {
    const { parameters, x, y, keys } = this.task;
    return [parameters, x, y, keys, results];
  }

  /** Writes the numbers of a piece's examples, and their keys. */
  writeKeys(count: number, row: (index: number) => number): void {
    const { memory, keys, epoch } = this.task;
    const offsets = keyOffsets(count);
    const rows = new Uint32Array(memory.buffer, keys + offsets.rows, count);
    const imageKeys = new Uint32Array(memory.buffer, keys + offsets.imageKeys, 2 * count);
    const epochKeys = new Uint32Array(memory.buffer, keys + offsets.epochKeys, 2 * count);
    for (let index = 0; index < count; index++) {
      rows[index] = row(index);
      imageKeys[2 * index] = rows[index];
      imageKeys[2 * index + 1] = 0;
      epochKeys[2 * index] = rows[index];
      epochKeys[2 * index + 1] = epoch + 1;
    }
  }
}

/**
 * What piscina calls in a worker. A worker that fails frees the others before it says so; those end without an error,
 * since it is not theirs.
 */
export default function work(task: EpochTask | MapTask): void {
  const place = new Workplace(task);
  try {
    if (task.kind === 'epoch') runEpoch(task, place);
    else runMap(task, place);
  } catch (error) {
    if (error instanceof BarrierBroken) return;
    place.fail();
    throw error;
  }
}

function runEpoch(task: EpochTask, place: Workplace): void {
  const { memory, count, batchSize, piece, programs, lanes, laneBytes, lanesAddress } = task;
  const order = new Uint32Array(memory.buffer, task.order, count);
  const batches = piecesOf(count, batchSize);
  place.run('prologue', task.update);
  for (let step = task.firstStep; step < task.endStep; step++) {
    const batch = batches[step];
    const pieces = piecesOf(batch.count, piece);
    // Parameters have changed: what is computed from them alone is computed anew, by each worker for itself.
    for (const size of new Set(pieces.map((p) => p.count))) place.run('prologue', programs[size], ...place.segments(0));
    for (const lane of place.tickets(lanes)) {
      const address = lanesAddress + lane * laneBytes;
      new Float32Array(memory.buffer, address, laneBytes / 4).fill(0);
      for (const { begin, count: size } of piecesOfLane(pieces, lane, lanes)) {
        place.writeKeys(size, (index) => order[batch.begin + begin + index]);
        place.run('main', programs[size], ...place.segments(address));
      }
    }
    // Nobody adds lanes up before all are written.
    place.wait();
    updateParameters(task, place, step);
    if (task.worker === 0) finishStep(task, place, step);
    // Nobody reads parameters, tickets or the order to stop before all are written.
    place.wait();
    const stopped = Atomics.load(place.control, CONTROL.stopped);
    if (stopped === STOPPED.lossIsNotFinite) return;
    // An epoch whose steps are all done is ended as others are, with its validation.
    if (stopped === STOPPED.wanted && step + 1 < batches.length) return;
  }
  if (task.validation && task.endStep === batches.length) runMap(task.validation, place);
}

/** Each worker updates its share of the slices. */
function updateParameters(task: EpochTask, place: Workplace, step: number): void {
  const { update, slices, workers, worker, lanesAddress, state, scalars, scalarBytes } = task;
  for (let slice = worker; slice < slices; slice += workers) {
    const offset = slice * SLICE * 4;
    const addresses = [task.parameters + offset, lanesAddress + offset, state + offset, scalars + step * scalarBytes];
    place.run('main', update, ...addresses);
  }
}

/** Adds up the step's loss, in the order of the lanes, and gets ready for the next step. */
function finishStep(
  { memory, lanes, laneBytes, lanesAddress, losses, slices, stopsOnNaN }: EpochTask,
  place: Workplace,
  step: number,
) {
  let loss = 0;
  for (let lane = 0; lane < lanes; lane++) {
    loss += new Float32Array(memory.buffer, lanesAddress + lane * laneBytes + slices * SLICE * 4, 1)[0];
  }
  new Float64Array(memory.buffer, losses + step * 8, 1)[0] = loss;
  Atomics.store(place.control, CONTROL.ticket, 0);
  Atomics.store(place.control, CONTROL.steps, step + 1);
  const isWanted = Atomics.load(place.control, CONTROL.stopWanted) !== 0;
  const isLost = stopsOnNaN && !Number.isFinite(loss);
  const stopped = isLost ? STOPPED.lossIsNotFinite : isWanted ? STOPPED.wanted : STOPPED.no;
  Atomics.store(place.control, CONTROL.stopped, stopped);
}

function runMap(task: MapTask, place: Workplace): void {
  const { begin: first, count, piece, programs, results, resultBytes } = task;
  const pieces: Piece[] = piecesOf(count, piece);
  const prepared = new Set<number>();
  for (const ticket of place.tickets(pieces.length)) {
    const { begin, count: size } = pieces[ticket];
    const address = results + ticket * resultBytes;
    if (!prepared.has(size)) place.run('prologue', programs[size], ...place.segments(address));
    prepared.add(size);
    place.writeKeys(size, (index) => first + begin + index);
    place.run('main', programs[size], ...place.segments(address));
  }
}
