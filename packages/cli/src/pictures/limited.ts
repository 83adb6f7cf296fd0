/** Files that are being written at a time: each waits for the disk. */
export const WRITES_AT_A_TIME = 16;

/** Runs work that need not wait for one another, such as writing files, but only so many at a time. */
export class Limited {
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  /** @param most pieces of work at a time */
  constructor(private readonly most: number) {}

  /**
   * Begins a piece of work, when there is room for it.
   *
   * @throws the error of an earlier piece that has failed
   */
  async begin(work: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.most) await Promise.race(this.running);
    this.throwFailure();
    const piece: Promise<void> = work()
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.running.delete(piece));
    this.running.add(piece);
  }

  /** Waits for all of them. */
  async settle(): Promise<void> {
    await Promise.all(this.running);
  }

  /** @throws the first error of a piece, if any has failed */
  throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}
