import { format } from 'node:util';

/** What an example's comment says, and what its code gives. */
export interface Check {
  readonly said: string;
  readonly value?: unknown;
  readonly printed?: string;
  /** The name of the error that the code throws; `nothing` if it throws none. */
  readonly thrown?: string;
}

/** What examples recorded, by their places. */
const recorded = new Map<string, Check[]>();

export const checksAt = (place: string): readonly Check[] => recorded.get(place) ?? [];

/** What the module of an example calls. */
export function recorderOf(place: string) {
  const checks: Check[] = [];
  recorded.set(place, checks);
  let last = '';
  return {
    check<Value>(value: Value, said: string): Value {
      checks.push({ said, value });
      return value;
    },
    printed: (said: string) => checks.push({ said, printed: last }),
    async thrown(code: () => unknown, said: string): Promise<void> {
      const name = await Promise.resolve(code()).then(
        () => 'nothing',
        (error: unknown) => (error instanceof Error ? error.name : String(error)),
      );
      checks.push({ said, thrown: name });
    },
    console: {
      log: (...values: unknown[]) => {
        last = format(...values);
      },
    },
  };
}
