import type { Exploration } from '@weft/formats';

/** What a file holds, without its decoder, which stays in the worker. */
export interface Opened {
  readonly exploration: Omit<Exploration, 'decoder'>;
  /** Why there is no picture to decode; undefined if there is. */
  readonly noDecoder: string | undefined;
}

/** What the worker of this page does. */
export type ExplorerCalls = {
  /** Opens a file, or what lies at an address. */
  open(source: Blob | string): Promise<Opened>;
  /** What the decoder makes of a place in the plane: bytes [height, width, channels]. */
  decode(x: number, y: number): Promise<Uint8Array>;
};
