import type { FieldsOf } from '../wire/messages.js';

/** How often a worker may fail before it is refused. */
const MOST_FAILURES = 3;

/** Most workers that are remembered: whoever makes up names fills no memory. */
const MOST_REMEMBERED = 4096;

/** Versions that all must have in common: of Weft, and of the bits that training gives. */
export interface Versions {
  readonly code: string;
  readonly numerics: number;
}

/** Who may join, and why others may not. */
export class Admission {
  private readonly reasons = new Map<string, string>();
  private readonly failures = new Map<string, number>();

  constructor(private readonly own: Versions) {}

  /** Why a worker cannot join, if it cannot. */
  reasonAgainst({ from, code, numerics }: FieldsOf<'join'>): string | undefined {
    const known = this.reasons.get(from);
    if (known !== undefined) return known;
    const advice = 'install the same version of Weft on all machines';
    if (code !== this.own.code) return `it runs Weft ${code} and the coordinator ${this.own.code}: ${advice}`;
    if (numerics === this.own.numerics) return undefined;
    return `its numerics have version ${numerics} and the coordinator's ${this.own.numerics}: ${advice}`;
  }

  /** Why workers were refused, by worker. */
  get refused(): ReadonlyMap<string, string> {
    return this.reasons;
  }

  /** Refuses a worker; gives whether it was not refused before. */
  refuse(id: string, reason: string): boolean {
    const isNew = !this.reasons.has(id);
    remember(this.reasons, id, reason);
    return isNew;
  }

  /** Notes a failure; gives whether the worker is refused from now on. */
  hasFailed(id: string, isRefusal: boolean): boolean {
    const failures = (this.failures.get(id) ?? 0) + 1;
    remember(this.failures, id, failures);
    return isRefusal || failures >= MOST_FAILURES;
  }
}

/** Adds an entry, and forgets the oldest where there are too many. */
function remember<Value>(entries: Map<string, Value>, id: string, value: Value): void {
  entries.set(id, value);
  const [oldest] = entries.keys();
  if (entries.size > MOST_REMEMBERED) entries.delete(oldest);
}
