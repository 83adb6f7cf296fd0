import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { type VectorBits, withCustomSection } from '@weft/core/program';

/**
 * How wide vectors may be: as the process has them, 256 bits, or 128.
 *
 * @example
 * SIMD; // ['auto', '256', '128']
 */
export const SIMD = ['auto', '256', '128'] as const;
export type Simd = (typeof SIMD)[number];

const FLAG = 'experimental-wasm-revectorize';

/** The first release of Node whose engine does what the flag says; before 23.5 it prints an error. */
const FIRST_NODE = 24;

/** What decides how wide this process may compute. */
export interface VectorFacts {
  /** As `process.arch`. */
  readonly arch: string;
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
  /** The text of /proc/cpuinfo; undefined where there is none, so that nothing is known of the processor. */
  readonly cpuInfo: string | undefined;
  /** As `process.execArgv`. */
  readonly execArgv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether 256 bits can be, and what stands in the way. */
export interface WideVectors {
  /** Whether the processor has registers of 256 bits that WebAssembly could use; undefined if that is not known. */
  readonly processor: boolean | undefined;
  readonly isNodeNewEnough: boolean;
  /** Why not, as a sentence without its full stop; undefined if they can be. */
  readonly obstacle: string | undefined;
}

/**
 * The facts of this process.
 *
 * @example
 * const { arch, nodeVersion } = vectorFacts(); // such as x64 and 24.1.0
 * arch === process.arch; // true
 */
export function vectorFacts(): VectorFacts {
  const { arch, versions, execArgv, env } = process;
  return { arch, nodeVersion: versions.node, cpuInfo: cpuInfo(), execArgv, environment: env };
}

function cpuInfo(): string | undefined {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Whether the engine can pack two operations on 128 bits into one on 256: V8 does so on x64 with AVX2, from Node 24 on.
 *
 * @example
 * const { obstacle } = wideVectors({ ...vectorFacts(), arch: 'arm64' });
 * obstacle; // 'the engine packs vectors on x64 alone, and this is arm64'
 */
export function wideVectors({ arch, nodeVersion, cpuInfo }: VectorFacts = vectorFacts()): WideVectors {
  const processor = arch === 'x64' && (cpuInfo === undefined ? undefined : /^flags\s*:.*\bavx2\b/m.test(cpuInfo));
  const isNodeNewEnough = Number.parseInt(nodeVersion, 10) >= FIRST_NODE;
  const obstacles = [
    ...(arch === 'x64' ? [] : [`the engine packs vectors on x64 alone, and this is ${arch}`]),
    ...(arch === 'x64' && processor === false ? ['this processor has no AVX2'] : []),
    ...(isNodeNewEnough
      ? []
      : [`this is Node ${nodeVersion}, and the engine packs vectors from Node ${FIRST_NODE} on`]),
  ];
  return { processor, isNodeNewEnough, obstacle: obstacles[0] };
}

/**
 * How wide a process is to compute.
 *
 * @param wanted      what was asked for; without it, what the environment variable `WEFT_SIMD` says, or `auto`
 * @param facts       of the process
 * @param ownsProcess whether `auto` may set the engine's flag: it counts for the whole process, so that a library leaves it as it is
 * @throws RangeError if 256 bits are asked for and cannot be, or `WEFT_SIMD` is none of its values
 */
export function decideVectorBits(wanted: Simd | undefined, facts: VectorFacts, ownsProcess = false): VectorBits {
  const simd = wanted ?? simdOf(facts.environment);
  const { obstacle } = wideVectors(facts);
  if (simd === '256' && obstacle !== undefined) {
    throw new RangeError(
      `simd: got '256', but ${obstacle}. Use Node ${FIRST_NODE} or later on x64 with AVX2, or ask for 'auto' or '128'.`,
    );
  }
  if (simd === '128' || obstacle !== undefined) return 128;
  return simd === '256' || ownsProcess || isSetAtStart(facts) ? 256 : 128;
}

function simdOf({ WEFT_SIMD: text = '' }: VectorFacts['environment']): Simd {
  const simd = SIMD.find((name) => name === text);
  if (simd !== undefined || text === '') return simd ?? 'auto';
  throw new RangeError(
    `The environment variable WEFT_SIMD is '${text}'; expected auto, 256 or 128. Correct or unset it.`,
  );
}

/** Whether the process was started with the flag. The last one counts, and V8 takes underscores for hyphens. */
function isSetAtStart({ execArgv }: VectorFacts): boolean {
  const flags = execArgv.map((text) => text.replaceAll('_', '-').replace(/^--?/, ''));
  return flags.lastIndexOf(FLAG) > Math.max(flags.lastIndexOf(`no-${FLAG}`), flags.lastIndexOf(`no${FLAG}`));
}

/** The width that is in force in this process; undefined until it is first asked for. */
let inForce: VectorBits | undefined;

/** How often it has changed since. */
let changes = 0;

/**
 * Sees to it that what is compiled from now on is as wide as asked for. It counts for the whole process, worker threads
 * too. Without a wish, and for `auto`, what was decided before stays.
 *
 * @param ownsProcess whether `auto` may set the engine's flag
 * @throws RangeError if 256 bits are asked for and cannot be, or the environment variable `WEFT_SIMD` is none of its values
 * @example
 * useVectors('128'); // 128
 */
export function useVectors(wanted?: Simd, ownsProcess = false): VectorBits {
  if (inForce !== undefined && (wanted === undefined || wanted === 'auto')) return inForce;
  const facts = vectorFacts();
  const bits = decideVectorBits(wanted, facts, ownsProcess);
  const before = inForce ?? (isSetAtStart(facts) && wideVectors(facts).obstacle === undefined ? 256 : 128);
  inForce = bits;
  if (bits === before) return bits;
  changes++;
  packVectors(bits === 256);
  return bits;
}

/** Has the engine pack vectors in what it compiles from now on, or not: for a moment, in which `useVectors` does not change. */
export function packVectors(isOn: boolean): void {
  setFlagsFromString(`--${isOn ? '' : 'no-'}${FLAG}`);
}

/**
 * The bytes of a module that shares no code with what was compiled at another width: engines share that of modules with
 * the same bytes.
 */
export function atThisWidth(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return changes === 0 ? bytes : withCustomSection(bytes, `${inForce} bits, change ${changes}`);
}
