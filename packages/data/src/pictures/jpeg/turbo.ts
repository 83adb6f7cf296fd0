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
    let pixels: Uint8Array | undefined;
    try {
      pixels = decompress(turbo, pieces, width, height, channels);
    } catch (cause) {
      throw new ImageError('damaged', 'This JPEG is damaged: its compressed data do not decode.', { cause });
    }
    if (!pixels) throw new ImageError('damaged', 'This JPEG is damaged: its compressed data do not decode.');
    if (turbo.memory.buffer.byteLength <= KEPT_BYTES) this.#exports = turbo;
    return pixels;
  }
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
): Uint8Array | undefined {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const size = width * height * channels;
  const [bytes, to, handle] = [turbo.malloc(length), turbo.malloc(size), turbo.tjInitDecompress()];
  if (bytes === 0 || to === 0 || handle === 0) throw new RangeError(`${length + size} bytes do not fit into memory`);
  let at = bytes;
  for (const piece of pieces) {
    new Uint8Array(turbo.memory.buffer, at, piece.length).set(piece);
    at += piece.length;
  }
  const status = turbo.tjDecompress2(handle, bytes, length, to, width, width * channels, height, PIXELS[channels], 0);
  const pixels = status === 0 ? new Uint8Array(turbo.memory.buffer, to, size).slice() : undefined;
  turbo.tjDestroy(handle);
  turbo.free(to);
  turbo.free(bytes);
  return pixels;
}
