import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../../scripts/find-chromium.js';
import type { PageEngine } from './browser/page.js';
import type { Task } from './job.js';
import type { NetworkId } from './networks.js';

/** The folder of the engines' scripts, with a package.json of its own: peers are no part of the workspace. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../peers/', import.meta.url));

/** An engine. */
export interface Peer {
  /** What it is called on the command line. */
  readonly id: string;
  readonly title: string;
  /** A script of the folder; Weft's own is compiled. */
  readonly script: string;
  /** The package or Python module that must be there. */
  readonly module?: string;
  /** What runs in a page of Chromium, which must be there. */
  readonly page?: PageEngine;
  readonly tasks: readonly Task[];
  /** Whether it can be told a number of threads; else it runs on one. */
  readonly isThreaded: boolean;
  /** The networks that it is written for; default all. */
  readonly networks?: readonly NetworkId[];
  /** Images of a batch where a full one would take minutes; its times are scaled up. */
  readonly batch?: number;
  /** Why its training is known to give another result, though it does the same work. */
  readonly deviation?: string;
}

export const PEERS: readonly Peer[] = [
  { id: 'weft', title: 'Weft', script: 'weft.js', tasks: ['step', 'forward'], isThreaded: true },
  {
    id: 'weft-browser',
    title: 'Weft in a page',
    script: 'browser/peer.js',
    page: 'weft',
    tasks: ['step', 'forward'],
    isThreaded: true,
  },
  {
    id: 'keras',
    title: 'Keras on TensorFlow',
    script: 'keras_peer.py',
    module: 'keras',
    tasks: ['step', 'forward'],
    isThreaded: true,
  },
  {
    id: 'torch',
    title: 'PyTorch',
    script: 'torch_peer.py',
    module: 'torch',
    tasks: ['step', 'forward'],
    isThreaded: true,
  },
  {
    id: 'onnxruntime',
    title: 'ONNX Runtime, native',
    script: 'onnxruntime_peer.py',
    module: 'onnxruntime',
    tasks: ['forward'],
    isThreaded: true,
  },
  {
    id: 'tfjs-wasm',
    title: 'TensorFlow.js, wasm',
    script: 'tfjs-wasm.js',
    module: '@tensorflow/tfjs-backend-wasm',
    networks: ['autoencoder'],
    tasks: ['forward'],
    isThreaded: false,
  },
  {
    id: 'jax-js',
    title: 'jax-js, wasm',
    script: 'jax-js.js',
    module: '@jax-js/jax',
    networks: ['autoencoder'],
    tasks: ['step', 'forward'],
    isThreaded: false,
    batch: 32,
  },
  {
    id: 'tfjs',
    title: 'TensorFlow.js, cpu',
    script: 'tfjs.js',
    module: '@tensorflow/tfjs',
    networks: ['autoencoder'],
    tasks: ['step', 'forward'],
    isThreaded: false,
    batch: 8,
    deviation:
      'In batches of more than one image, its gradient of nearest upsampling (4.22) reads the wrong image: the work is the same, the result is not.',
  },
  ...(['webgl', 'wasm', 'cpu'] as const).map(
    (page): Peer => ({
      id: `tfjs-browser-${page}`,
      title: 'TensorFlow.js in a page',
      script: 'browser/peer.js',
      page,
      module: page === 'wasm' ? '@tensorflow/tfjs-backend-wasm' : '@tensorflow/tfjs',
      networks: ['autoencoder'],
      tasks: page === 'wasm' ? ['forward'] : ['step', 'forward'],
      isThreaded: false,
      // Without a graphics card WebGL is computed by the processor.
      ...(page !== 'wasm' && { batch: 8 }),
      deviation:
        'In batches of more than one image, its gradient of nearest upsampling (4.22) reads the wrong image: the work is the same, the result is not.',
    }),
  ),
];

/** Python with the engines that are written for it; `WEFT_PYTHON` names another one, as of a virtual environment. */
function python(): string {
  return process.env.WEFT_PYTHON || 'python3';
}

const isPython = ({ script }: Peer) => script.endsWith('.py');

/** Whether a peer is installed. */
export function isInstalled(peer: Peer): boolean {
  if (peer.page !== undefined && findChromium() === undefined) return false;
  if (peer.module === undefined) return true;
  if (!isPython(peer))
    return existsSync(new URL(`../../peers/node_modules/${peer.module}/package.json`, import.meta.url));
  const look = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${peer.module}') is None)`;
  try {
    execFileSync(python(), ['-c', look], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** How a missing peer is got. */
export function howToGet(peer: Peer): string {
  if (peer.page !== undefined && findChromium() === undefined) return 'apt install chromium';
  if (!isPython(peer)) return 'npx pnpm bench:peers --install';
  return `${python()} -m pip install ${peer.module === 'keras' ? 'keras tensorflow-cpu' : `${peer.module} numpy`}`;
}

/**
 * The command that starts a peer; one thread is tied to a core where the system can do that.
 *
 * @param node what runs Node, with its options; default this one
 */
export function commandOf(peer: Peer, threads: number, node: readonly string[] = [process.execPath]): string[] {
  const script =
    peer.module === undefined || peer.page !== undefined
      ? fileURLToPath(new URL(`../../dist/peers/${peer.script}`, import.meta.url))
      : `${PEERS_FOLDER}${peer.script}`;
  const command = isPython(peer) ? [python(), script] : [...node, script, ...(peer.page ? [peer.page] : [])];
  return threads === 1 && hasTaskset() ? ['taskset', '-c', '0', ...command] : command;
}

let taskset: boolean | undefined;

function hasTaskset(): boolean {
  try {
    taskset ??= execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }) !== undefined;
  } catch {
    taskset = false;
  }
  return taskset;
}
