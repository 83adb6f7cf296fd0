import type { FieldsOf } from '../wire/messages.js';

/** How often a worker may fail before it is refused. */
const MOST_FAILURES = 3;

/** Versions that all must have in common: of Weft, and of the bits that training gives. */
export interface Versions {
  readonly code: string;
  readonly numerics: number;
}

/** Who may join, and why others may not. */
export class Admission {
  /** Why workers were refused, by worker. */
  readonly refused = new Map<string, string>();
  private readonly failures = new Map<string, number>();

  constructor(private readonly own: Versions) {}

  /** Why a worker cannot join, if it cannot. */
  reasonAgainst({ from, code, numerics }: FieldsOf<'join'>): string | undefined {
    const known = this.refused.get(from);
    if (known !== undefined) return known;
    const advice = 'install the same version of Weft on all machines';
    if (code !== this.own.code) return `it runs Weft ${code} and the coordinator ${this.own.code}: ${advice}`;
    if (numerics === this.own.numerics) return undefined;
    return `its numerics have version ${numerics} and the coordinator's ${this.own.numerics}: ${advice}`;
  }

  /** Notes a failure; gives whether the worker is refused from now on. */
  hasFailed(id: string, isRefusal: boolean): boolean {
    const failures = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, failures);
    return isRefusal || failures >= MOST_FAILURES;
  }
}
