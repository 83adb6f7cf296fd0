import type { SharedMemory, StepsWork } from '@weft/train/runtime';

/** Where the page's work is done: by workers that share its memory, by one that copies it, or by its own thread. */
export type Sharing = 'shared' | 'worker' | 'page';

/** The page's memory, and where the control words are in it. */
export interface PageMemory {
  readonly memory: SharedMemory;
  readonly control: number;
}

/** What does steps. */
export interface Place {
  readonly sharing: Sharing;
  /** Workers, or 1 for the page's thread. */
  readonly threads: number;
  /** A call begins: what lies in memory is not that of the call before. */
  begin(): void;
  /** @throws what a worker has thrown, or Error if the pool was closed */
  run(work: StepsWork): Promise<void>;
  end(): void;
}
