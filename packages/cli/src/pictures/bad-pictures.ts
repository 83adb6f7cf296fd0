import type { BadPicture } from '@weft/data';
import { EXIT, InputError } from '../exit.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';

/** What becomes of pictures that cannot be used. */
export type OnBadImage = 'skip' | 'stop';

/** Collects the pictures that cannot be used, and names each at once. */
export class BadPictures {
  private readonly found: BadPicture[] = [];

  constructor(
    private readonly onBadImage: OnBadImage,
    private readonly terminal: Terminal,
  ) {}

  /** In the order in which they were met. */
  get list(): readonly BadPicture[] {
    return this.found;
  }

  /**
   * @param reason a sentence
   * @throws InputError if such pictures are not skipped
   */
  add(path: string, reason: string): void {
    if (this.onBadImage === 'stop') {
      throw new InputError(`${path}: ${reason} --on-bad-image skip leaves such pictures out.`);
    }
    this.found.push({ path, reason });
    this.terminal.warning(`${path}: ${reason}`);
  }

  /**
   * Says at the end how many were left out.
   *
   * @param total pictures that there were
   * @returns the exit code of the command: 3 if any was left out
   */
  conclude(total: number): number {
    const { length } = this.found;
    if (length === 0) return EXIT.ok;
    const were = total === 1 ? 'The picture was' : `${formatCount(length)} of ${formatCount(total)} pictures were`;
    this.terminal.error(`weft: ${were} left out.`);
    return EXIT.data;
  }
}
