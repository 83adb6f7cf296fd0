import type { Block, Copy, FinishStage, Launch, LaunchBySize, MicroStage, SliceStage, Stage } from './stages.js';

/** Where the work of a worker stands: what the addresses of blocks depend on. */
export interface Standing {
  /** Bytes in `Block.perExampleOfEpoch` count from here: the first example of the running batch. */
  readonly batchBegin: number;
  readonly step: number;
}

/** What a worker that runs stages is given by the place where it works. */
export interface Workplace {
  readonly worker: number;
  readonly workers: number;
  readonly memory: WebAssembly.Memory;
  /** Waits until all workers have come to the same point. */
  wait(): void;
  /** Numbers from 0 to `count` that no other worker has drawn. */
  tickets(word: number, count: number): Iterable<number>;
  run(part: 'prologue' | 'main', launch: Launch, bases: readonly number[]): void;
}

/**
 * Does a worker's share of a step: stage after stage, with a barrier behind each.
 *
 * @param finished called by one worker where an update ends, before the others continue
 */
export function runStages(
  place: Workplace,
  stages: readonly Stage[],
  standing: Standing,
  finished: (stage: FinishStage) => void,
): void {
  for (const stage of stages) {
    const runner = new StageRunner(place, standing);
    switch (stage.kind) {
      case 'micro':
        runner.micro(stage);
        break;
      case 'slices':
        runner.slices(stage);
        break;
      case 'whole':
        if (place.worker === 0) runner.launch(stage.launch, {});
        break;
      case 'finish':
        if (place.worker === 0) {
          runner.finish(stage);
          finished(stage);
        }
        break;
    }
    // No worker continues before all have written what the next stage reads.
    place.wait();
  }
}

/** Which micro-batch, leaf or slice of a stage. */
export interface Counts {
  readonly example?: number;
  readonly leaf?: number;
  readonly slice?: number;
}

/** Runs one stage. What its programs compute from invariant inputs alone is computed once, when first needed. */
class StageRunner {
  private readonly prepared = new Set<Launch>();

  constructor(
    private readonly place: Workplace,
    private readonly standing: Standing,
  ) {}

  micro({ ticket, leaves, firstLeaf = 0, first, next }: MicroStage): void {
    for (const drawn of this.place.tickets(ticket, leaves.length)) {
      const leaf = firstLeaf + drawn;
      leaves[drawn].forEach(({ begin, count }, index) => {
        const programs: LaunchBySize = index === 0 ? first : next;
        this.launch(programs[count], { example: begin, leaf });
      });
    }
  }

  slices({ parts }: SliceStage): void {
    const { worker, workers } = this.place;
    let number = 0;
    for (const { launch, count } of parts) {
      for (let slice = 0; slice < count; slice++, number++) {
        if (number % workers === worker) this.launch(launch, { slice });
      }
    }
  }

  launch(launch: Launch, counts: Counts): void {
    const bases = launch.blocks.map((block) => this.addressOf(block, counts));
    if (!this.prepared.has(launch)) this.place.run('prologue', launch, bases);
    this.prepared.add(launch);
    this.place.run('main', launch, bases);
  }

  private copy(copies: readonly Copy[], counts: Counts): void {
    const { buffer } = this.place.memory;
    const read = copies.map(({ from, bytes }) => new Uint8Array(buffer, this.addressOf(from, counts), bytes).slice());
    copies.forEach(({ to }, which) => {
      new Uint8Array(buffer, this.addressOf(to, counts), read[which].length).set(read[which]);
    });
  }

  finish({ renewals, logs }: FinishStage): void {
    const { buffer } = this.place.memory;
    this.copy(renewals, {});
    for (const { from, to } of logs) {
      new Float64Array(buffer, to + 8 * this.standing.step, 1)[0] = new Float32Array(buffer, from, 1)[0];
    }
  }

  private addressOf(block: Block, counts: Counts): number {
    return addressOf(block, this.place.worker, this.standing, counts);
  }
}

/**
 * Where a block lies for a worker, at some point of the work.
 *
 * @example
 * addressOf({ address: 64, perStep: 4 }, 0, { batchBegin: 0, step: 3 }, {}); // 76
 */
export function addressOf(
  block: Block,
  worker: number,
  { batchBegin, step }: Standing,
  { example = 0, leaf = 0, slice = 0 }: Counts,
): number {
  const {
    address,
    perWorker = 0,
    perExample = 0,
    perExampleOfEpoch = 0,
    perLeaf = 0,
    perSlice = 0,
    perStep = 0,
  } = block;
  return (
    address +
    perWorker * worker +
    perExample * example +
    perExampleOfEpoch * batchBegin +
    perLeaf * leaf +
    perSlice * slice +
    perStep * step
  );
}
