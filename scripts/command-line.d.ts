/** An option of a script. */
export interface ScriptOption {
  /** Stands for the value in the help; a flag has none. */
  readonly value?: string;
  /** What it is for. */
  readonly help: string;
  /** Without it the option is undefined, or for a flag false. */
  readonly default?: string;
  /** Whether it may be given several times. */
  readonly multiple?: true;
}

/** What a script is given. */
export interface ScriptArguments<Options extends Readonly<Record<string, ScriptOption>>> {
  readonly values: {
    readonly [Name in keyof Options]: Options[Name] extends { value: string }
      ? Options[Name] extends { multiple: true }
        ? readonly string[] | undefined
        : Options[Name] extends { default: string }
          ? string
          : string | undefined
      : boolean;
  };
  readonly positionals: readonly string[];
}

/**
 * Reads the arguments of a script of this workspace. Ends the process with 0 after the help that `--help` asks for, and
 * with 2 after a sentence about what it does not know.
 *
 * @param script its name, its arguments besides options, if it takes any and as many, a sentence about it, and its options
 */
export function commandLine<const Options extends Readonly<Record<string, ScriptOption>>>(script: {
  readonly name: string;
  readonly arguments?: readonly string[];
  readonly about: string;
  readonly options?: Options;
}): ScriptArguments<Options>;

/** Ends the process with 2 after a sentence about how it was called. */
export function wrongUsage(message: string): never;

/** A whole number from `least`; else the process ends with 2. */
export function wholeNumber(name: string, text: string, least: number): number;
