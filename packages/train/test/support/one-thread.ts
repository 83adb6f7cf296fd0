import type { KernelSet } from '@weft/core';
import type { CompiledProgram } from '@weft/core/program';
import {
  CONTROL,
  CONTROL_WORDS,
  type ProgramImage,
  type Runtime,
  runTask,
  SharedMemory,
  type StepsWork,
  type Store,
} from '../../src/runtime.js';

/** Files that are kept in memory. */
class MemoryStore implements Store {
  readonly files = new Map<string, Uint8Array>();

  async read(path: string) {
    const bytes = this.files.get(path);
    if (!bytes) throw new Error(`${path}: there is no such file.`);
    return bytes;
  }
  async write(path: string, content: string | Uint8Array) {
    this.files.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content.slice());
  }
  async append(path: string, text: string) {
    await this.write(path, this.text(path) + text);
  }
  async list(folder: string) {
    const names = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`));
    return names.map((path) => path.slice(folder.length + 1));
  }
  async remove(path: string) {
    this.files.delete(path);
  }
  async makeFolder() {}
  async kindOf(path: string) {
    return this.files.has(path) ? 'file' : (await this.list(path)).length > 0 ? 'folder' : undefined;
  }
  async sweep() {}
  resolve(path: string) {
    return path;
  }
  text(path: string) {
    return new TextDecoder().decode(this.files.get(path));
  }
}

/** A runtime of the thread that asks, with files in memory: all that training needs, and nothing of Node. */
export class OneThread implements Runtime {
  readonly threads = 1;
  readonly memory = new SharedMemory();
  readonly store = new MemoryStore();
  readonly warnings: string[] = [];
  private readonly controlAddress = this.memory.allocate(CONTROL_WORDS * 4);
  closed = false;

  constructor(readonly kernels: KernelSet = 'wasm') {}

  get control() {
    return new Int32Array(this.memory.memory.buffer, this.controlAddress, CONTROL_WORDS);
  }

  async hold<T>(work: (session: string) => Promise<T>): Promise<T> {
    const mark = this.memory.mark();
    try {
      return await work(crypto.randomUUID());
    } finally {
      this.memory.release(mark);
    }
  }

  async load(id: string, { bytes, program, plan, segments }: CompiledProgram): Promise<ProgramImage> {
    if (this.kernels === 'reference') return { id, module: undefined, program, plan, segments };
    return { id, module: await WebAssembly.compile(bytes), program: undefined, plan: undefined, segments };
  }

  async runOnAll(work: StepsWork): Promise<void> {
    this.control.fill(0);
    if (work.isReported) this.control[CONTROL.steps] = work.firstStep;
    runTask({ work, memory: this.memory.memory, control: this.controlAddress, worker: 0, workers: 1 });
  }

  warn(message: string) {
    this.warnings.push(message);
  }

  async close() {
    this.closed = true;
  }
}
