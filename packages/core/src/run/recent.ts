/**
 * The results of a function that were asked for last, by a text that stands for its arguments.
 *
 * @example
 * const results = new Recent<number>(2);
 * results.get('a', () => 1); // 1
 * results.get('a', () => 2); // 1; it is kept
 */
export class Recent<T> {
  private readonly results = new Map<string, T>();

  /** @param most results that are kept */
  constructor(private readonly most: number) {}

  /** The result for a text: the one that is kept, or a new one. */
  get(key: string, make: () => T): T {
    const result = this.results.get(key) ?? make();
    // The one asked for last comes last.
    this.results.delete(key);
    this.results.set(key, result);
    const [oldest] = this.results.keys();
    if (this.results.size > this.most) this.results.delete(oldest);
    return result;
  }
}
