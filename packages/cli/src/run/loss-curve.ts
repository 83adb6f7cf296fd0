/** Points that a curve has at most. */
const MOST_POINTS = 240;

/** Losses of steps as a curve of few points, however many steps there are. */
export class LossCurve {
  private readonly means: [number, number][] = [];
  /** Steps that make one point. */
  private size = 1;
  private sum = 0;
  private count = 0;

  /**
   * Adds a step.
   *
   * @param epochs done after it, a fraction among them
   */
  add(epochs: number, loss: number): void {
    this.sum += loss;
    if (++this.count < this.size) return;
    this.means.push([epochs, this.sum / this.count]);
    [this.sum, this.count] = [0, 0];
    if (this.means.length === MOST_POINTS) this.halve();
  }

  /** Pairs of epochs done and the mean loss of the steps since the point before. */
  get points(): readonly (readonly [number, number])[] {
    return this.means;
  }

  /** Makes each two points one. */
  private halve(): void {
    for (let at = 0; at < MOST_POINTS / 2; at++) {
      const [[, first], [epochs, second]] = [this.means[2 * at], this.means[2 * at + 1]];
      this.means[at] = [epochs, (first + second) / 2];
    }
    this.means.length = MOST_POINTS / 2;
    this.size *= 2;
  }
}
