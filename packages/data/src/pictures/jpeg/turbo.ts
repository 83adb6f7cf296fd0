import { ImageError } from '../errors.js';

/** What `jpeg-turbo.wasm` of @cwasm/jpeg-turbo exports: TurboJPEG's functions, and its memory. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(pointer: number): void;
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompress2(
    handle: number,
    bytes: number,
    length: number,
    to: number,
    width: number,
    pitch: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ): number;
}

/** Memory that is kept for the next picture; a larger one is given back. */
const KEPT_BYTES = 64 * 2 ** 20;
/** TurboJPEG's numbers of pixel formats. */
const PIXELS = { 1: 6, 3: 0 } as const;

/** libjpeg-turbo, compiled to WebAssembly. It has no access to anything but its own memory. */
export class TurboJpeg {
  #exports: Exports | undefined;

  /** @param module `jpeg-turbo.wasm` of the package @cwasm/jpeg-turbo, compiled */
  constructor(readonly module: WebAssembly.Module) {}

  /**
   * @param pieces   the file, in pieces
   * @param size     columns and rows that its header states
   * @param channels 1 for grey, 3 for RGB
   * @throws ImageError if libjpeg-turbo complains of the data: of too few, too
   */
  decode(
    pieces: readonly Uint8Array[],
    { width, height }: { readonly width: number; readonly height: number },
    channels: 1 | 3,
  ): Uint8Array {
    this.#exports ??= instantiate(this.module);
    const turbo = this.#exports;
    // After a failure the memory may be in any state. So it is kept only where all went well.
    this.#exports = undefined;
    try {
      const { pixels, complained } = decompress(turbo, pieces, width, height, channels);
      if (!complained && turbo.memory.buffer.byteLength <= KEPT_BYTES) this.#exports = turbo;
      return pixels;
    } catch (cause) {
      if (cause instanceof ImageError) throw cause;
      throw new ImageError('damaged', 'This JPEG is damaged: its compressed data do not decode.', { cause });
    }
  }
}

/**
 * How libjpeg complains of bytes between the pixels and the end, which some cameras leave there: all pixels are read. It
 * writes its first complaint only, and the end is the last marker, so nothing worse has happened.
 */
const HARMLESS = ' extraneous bytes before marker 0xd9\0';

/** Whether a text stands in memory, below a place. */
function holds({ memory }: Exports, text: string, end: number): boolean {
  const bytes = new Uint8Array(memory.buffer, 0, end);
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  for (let at = bytes.indexOf(codes[0]); at >= 0; at = bytes.indexOf(codes[0], at + 1)) {
    if (codes.every((code, i) => bytes[at + i] === code)) return true;
  }
  return false;
}

function instantiate(module: WebAssembly.Module): Exports {
  const fail = (what: string) => () => {
    throw new Error(what);
  };
  const { exports } = new WebAssembly.Instance(module, {
    // libjpeg's errors jump: out of WebAssembly, as exceptions.
    env: { setjmp: () => 0, longjmp: fail('an error of libjpeg') },
    wasi_snapshot_preview1: {
      environ_sizes_get: () => 0,
      environ_get: () => 0,
      proc_exit: fail('libjpeg ended'),
      fd_close: () => 0,
      fd_seek: () => 0,
      fd_write: () => 0,
    },
  });
  return exports as unknown as Exports;
}

function decompress(
  turbo: Exports,
  pieces: readonly Uint8Array[],
  width: number,
  height: number,
  channels: 1 | 3,
): { readonly pixels: Uint8Array; readonly complained: boolean } {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const size = width * height * channels;
  const [bytes, to, handle] = [turbo.malloc(length), turbo.malloc(size), turbo.tjInitDecompress()];
  if (bytes === 0 || to === 0 || handle === 0) {
    throw new ImageError('too-large', `This JPEG is ${width} x ${height}, and there is no memory for so many pixels.`);
  }
  let at = bytes;
  for (const piece of pieces) {
    new Uint8Array(turbo.memory.buffer, at, piece.length).set(piece);
    at += piece.length;
  }
  const status = turbo.tjDecompress2(handle, bytes, length, to, width, width * channels, height, PIXELS[channels], 0);
  // Messages and the stack lie below what is allocated.
  if (status !== 0 && !holds(turbo, HARMLESS, bytes)) throw new Error('libjpeg complains of the data');
  const pixels = new Uint8Array(turbo.memory.buffer, to, size).slice();
  turbo.tjDestroy(handle);
  turbo.free(to);
  turbo.free(bytes);
  return { pixels, complained: status !== 0 };
}
