import { ALIGNMENT } from '@weft/core/program';
import { SharedMemoryError } from './errors.js';

const PAGE = 65536;

/**
 * The most that one memory can hold: 4 GiB of 32-bit addresses.
 *
 * @example
 * MAXIMUM_PAGES * 64 * 1024 === 2 ** 32; // true
 */
export const MAXIMUM_PAGES = 65536;

/**
 * The memory that all workers share, handed out from the bottom up. Each WebAssembly.Memory reserves gigabytes of
 * addresses, so a pool has one.
 *
 * @example
 * const memory = new SharedMemory(16); // at most 16 pages of 64 KiB
 * const { array } = memory.float32(3);
 * array; // [0, 0, 0]
 */
export class SharedMemory {
  readonly memory: WebAssembly.Memory;
  /** What is written once and only read afterwards: bytes by their address. */
  readonly constants = new Map<number, number>();
  /** What a step writes before it reads it, so that nothing there lasts from step to step: bytes by their address. */
  readonly scratch = new Map<number, number>();
  private used = ALIGNMENT;

  /**
   * @param maximumPages most 64 KiB pages that the memory may grow to
   * @throws SharedMemoryError if the system refuses the addresses, as under `ulimit -v`
   */
  constructor(readonly maximumPages = MAXIMUM_PAGES) {
    try {
      this.memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true });
    } catch (cause) {
      throw new SharedMemoryError(
        'The system refuses shared memory: each WebAssembly memory reserves several gigabytes of addresses (none of them is used yet). ' +
          'Raise the limit, for instance with "ulimit -v unlimited".',
        { cause },
      );
    }
  }

  /**
   * Reserves bytes, aligned to a cache line, that are zero if they never were used.
   *
   * @returns their address
   * @throws SharedMemoryError if there is no room
   */
  allocate(bytes: number): number {
    const address = this.used;
    this.used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    // Vectors may be read a little beyond the end of a row.
    const missing = Math.ceil((this.used + PAGE) / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) this.grow(missing, address);
    return address;
  }

  /** @param kept where the next reservation lies if there is no room */
  private grow(pages: number, kept: number): void {
    const needed = `${Math.ceil(this.used / 2 ** 20)} MiB of shared memory are needed`;
    const most = `${(this.maximumPages * PAGE) / 2 ** 20} MiB`;
    const isTooLarge = this.memory.buffer.byteLength / PAGE + pages > this.maximumPages;
    try {
      this.memory.grow(pages);
    } catch (cause) {
      this.used = kept;
      const reason = isTooLarge ? `one WebAssembly memory holds ${most}` : 'the system does not give them';
      throw new SharedMemoryError(
        `${needed}, and ${reason}. Use a smaller model, fewer examples, smaller batches or fewer threads.`,
        { cause },
      );
    }
  }

  /** As `allocate`, for what steps write before they read it. */
  allocateScratch(bytes: number): number {
    const address = this.allocate(bytes);
    this.scratch.set(address, this.used - address);
    return address;
  }

  /** Reserves room for numbers and returns the address and a view. Views stay valid when the memory grows. */
  float32(length: number): { address: number; array: Float32Array } {
    const address = this.allocate(length * 4);
    return { address, array: new Float32Array(this.memory.buffer, address, length) };
  }

  /** As `float32`, for 32-bit words. */
  uint32(length: number): { address: number; array: Uint32Array } {
    const address = this.allocate(length * 4);
    return { address, array: new Uint32Array(this.memory.buffer, address, length) };
  }

  /** As `float32`, for float64 numbers. */
  float64(length: number): { address: number; array: Float64Array } {
    const address = this.allocate(length * 8);
    return { address, array: new Float64Array(this.memory.buffer, address, length) };
  }

  /** Where the next reservation will lie: for `release`. */
  mark(): number {
    return this.used;
  }

  /** Gives back everything reserved since a mark. */
  release(mark: number): void {
    this.used = mark;
    for (const ranges of [this.constants, this.scratch]) {
      for (const address of ranges.keys()) if (address >= mark) ranges.delete(address);
    }
  }
}
