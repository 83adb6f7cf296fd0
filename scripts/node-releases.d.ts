/** A Node that can be started. */
export interface NodeRelease {
  readonly path: string;
  /** Such as v24.21.0. */
  readonly version: string;
  readonly major: number;
}

/** Why there is no such Node. */
export interface MissingNode {
  readonly missing: string;
}

/** Bits of V8's vectors. */
export type Simd = '128' | '256';

/** The first release whose V8 packs pairs of vectors into 256 bits. */
export const FIRST_WIDE: number;

/** V8's switch for that. Releases before complain of it. */
export const WIDE_FLAG: string;

/**
 * Brings a release from npm's packages of Node's binaries. Without a network, the one that was brought before serves.
 *
 * @param release as npm names it: 24, 24.21.0, latest
 */
export function nodeRelease(release: string): NodeRelease | MissingNode;

/** The Node at a path. */
export function nodeAt(path: string): NodeRelease | MissingNode;

/** Whether this processor has registers of 256 bits for V8 to use. Where nothing tells, it is taken to. */
export function hasWideRegisters(): boolean;

/** A Node that packs pairs of vectors, if one is at hand: what `WEFT_NODE_24` names, else this one. */
export function wideNodeAtHand(): NodeRelease | MissingNode;

/** A Node that packs pairs of vectors: the one at a path, one at hand, or npm's. */
export function wideNode(path?: string): NodeRelease | MissingNode;

/** The widths that a release has on this processor. */
export function widthsOf(node: NodeRelease): readonly Simd[];

/** What a release must be started with for a width: options of Node, and variables. */
export function startOf(
  node: NodeRelease,
  simd: Simd,
): {
  readonly options: readonly string[];
  readonly env: { readonly WEFT_SIMD: Simd };
};

/**
 * What a function of a module gives in another Node.
 *
 * @param url  of the module
 * @param name of the function, which takes an argument that JSON can hold and resolves to another
 * @throws Error with what that Node says if it fails
 */
// biome-ignore lint/suspicious/noExplicitAny: whoever calls knows the function
export function callIn(node: NodeRelease, simd: Simd, url: string, name: string, argument: unknown): any;
