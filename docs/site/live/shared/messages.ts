/** Functions of a worker by their names; what goes in and out is copied. */
// biome-ignore lint/suspicious/noExplicitAny: functions of any kind, which TypeScript knows no other name for.
export type Calls = Record<string, (...input: any[]) => unknown>;

/** What a page asks of a worker. */
export interface Question {
  readonly number: number;
  readonly name: string;
  readonly input: readonly unknown[];
}

/** What the worker answers: a value, or the message of an error. */
export interface Answer {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: string;
}
