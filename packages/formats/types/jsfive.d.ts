declare module 'jsfive' {
  /** A group or an array of a file, whose properties are read when they are asked for. */
  interface Item {
    readonly shape?: unknown;
    readonly dtype?: unknown;
    readonly value?: unknown;
  }

  export class File {
    constructor(bytes: ArrayBuffer, name: string);
    get(path: string): Item | undefined;
  }
}
