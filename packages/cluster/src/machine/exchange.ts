import { type LeafParts, type PartGroup, SLICE_BYTES } from '@weft/train/runtime';
import type { Range } from '../job/job.js';
import { asNumbers, type Bytes, gathered, scatter } from './bytes.js';
import { type Division, expectedBy, rowsOf } from './division.js';
import { ExchangeError, type Outgoing, type PartHeader, type PartKind } from './round.js';
import type { Span } from './shares.js';
import { combineSubtrees } from './subtrees.js';
import type { PlannedRound } from './task-plan.js';

/** Bytes of sums that are put together at once. */
const BLOCK_BYTES = 8 * SLICE_BYTES;

/**
 * What a machine sends and gets in one attempt at a round. Messages of another round or attempt must not reach it: they
 * are of other leaves.
 *
 * Each member sends the sums of its largest subtrees to the owners of slices; an owner puts those of all members together,
 * in the order of the tree, and sends the result to all. In a direct round everybody owns all slices.
 */
export class Exchange {
  /** To be sent at once. */
  readonly first: readonly Outgoing[];
  /** By sender: what is still to come. */
  private readonly missing: Map<string, Map<PartKind, number>>;
  private readonly nodes = new Map<string, Float32Array>();
  /** For sums on the way to the whole ones. */
  private readonly scratch: Float32Array[] = [];
  private isClosed = false;

  /**
   * @param self   the machine's number among the members
   * @param values what the machine has for the coordinator besides
   */
  constructor(
    private readonly memory: Bytes,
    private readonly round: PlannedRound,
    private readonly division: Division,
    private readonly self: number,
    values: readonly Outgoing[],
  ) {
    this.missing = new Map(
      division.members.flatMap(({ id }, sender) => {
        const expected = sender === self ? new Map() : expectedBy(self, sender, round, division);
        return expected.size > 0 ? [[id, expected]] : [];
      }),
    );
    this.first = [...values, ...this.begin()];
  }

  /** Whether the machine has all that it needs, and has sent all that others need of it. */
  get isComplete(): boolean {
    return this.missing.size === 0;
  }

  /**
   * Takes a message.
   *
   * @returns what is to be sent now; nothing for what came before
   * @throws ExchangeError for what nobody has to send here
   */
  accept(from: string, { kind }: PartHeader, bytes: Uint8Array): readonly Outgoing[] {
    const { round, division } = this;
    if (this.isClosed) return [];
    const sender = division.members.findIndex(({ id }) => id === from);
    const size = sender < 0 ? undefined : expectedBy(this.self, sender, round, division).get(kind);
    if (sender === this.self || size !== bytes.length) {
      const expected = size === undefined ? 'nothing of this kind' : `${size} bytes`;
      throw new ExchangeError(`${from} sends ${bytes.length} bytes of ${kind}; expected ${expected}.`);
    }
    const open = this.missing.get(from);
    if (!open?.delete(kind)) return [];
    if (open.size === 0) this.missing.delete(from);
    return this.take(sender, kind, bytes);
  }

  /** The round is done anew or given up: what still comes is dropped. */
  close(): void {
    this.isClosed = true;
  }

  private take(sender: number, kind: PartKind, bytes: Uint8Array): readonly Outgoing[] {
    const { memory, round, division } = this;
    const { parts } = round.micro.stage;
    if (kind === 'rows') scatter(memory, rowsOf(round, 'shared', division.examples[sender]), bytes);
    if (kind === 'sums' && parts) scatter(memory, [at(parts.reduced, division.owned[sender])], bytes);
    if (kind !== 'nodes') return [];
    const size = division.owned[this.self].bytes;
    division.nodes[sender].forEach((node, which) => {
      this.nodes.set(node.join(), asNumbers(bytes.subarray(which * size, (which + 1) * size)));
    });
    return this.combined();
  }

  private begin(): Outgoing[] {
    const { memory, round, division, self } = this;
    const { parts } = round.micro.stage;
    const outgoing: Outgoing[] = [];
    const send = (to: string, kind: PartKind, bytes: Uint8Array) => {
      if (bytes.length > 0) outgoing.push({ to, part: { kind }, bytes });
    };
    if (parts && !division.isWhole) {
      division.members.forEach(({ id }, owner) => {
        const ranges = division.nodes[self].map((node) => nodeRange(parts, node, division.owned[owner]));
        if (owner !== self) send(id, 'nodes', gathered(memory, ranges));
        else this.keepOwn(division.nodes[self], ranges);
      });
    }
    if (division.members.length > 1) {
      if (parts && division.isWhole) send('all', 'sums', gathered(memory, [at(parts.reduced, division.owned[self])]));
      send('all', 'rows', gathered(memory, rowsOf(round, 'shared', division.examples[self])));
    }
    send('coordinator', 'results', gathered(memory, rowsOf(round, 'results', division.examples[self])));
    return [...outgoing, ...this.combined()];
  }

  private keepOwn(nodes: readonly Span[], ranges: readonly { address: number; bytes: number }[]): void {
    nodes.forEach((node, which) => {
      const { address, bytes } = ranges[which];
      this.nodes.set(node.join(), new Float32Array(this.memory.buffer, address, bytes / 4));
    });
  }

  /** What the machine owns, put together when it has all subtrees. */
  private combined(): readonly Outgoing[] {
    const { memory, round, division, self } = this;
    const { parts } = round.micro.stage;
    const owned = division.owned[self];
    const isWaiting = [...this.missing.values()].some((kinds) => kinds.has('nodes'));
    if (!parts || division.isWhole || owned.bytes === 0 || isWaiting) return [];
    for (const { combine, offset, slices } of parts.groups) {
      const end = Math.min(owned.address + owned.bytes, offset + slices * SLICE_BYTES);
      for (let at = Math.max(owned.address, offset); at < end; at += BLOCK_BYTES) {
        this.combineBlock(
          parts.reduced + at,
          (at - owned.address) / 4,
          (Math.min(at + BLOCK_BYTES, end) - at) / 4,
          combine,
        );
      }
    }
    this.nodes.clear();
    if (division.isDirect) return [];
    return [{ to: 'all', part: { kind: 'sums' }, bytes: gathered(memory, [at(parts.reduced, owned)]) }];
  }

  /** Puts together some numbers of what the machine owns: so few that what is added up on the way stays small. */
  private combineBlock(address: number, first: number, count: number, combine: PartGroup['combine']): void {
    const { memory, round } = this;
    let used = 0;
    const combineTwo = combine === 'sum' ? add : larger;
    const sumOf = (node: Span) => this.nodes.get(node.join())?.subarray(first, first + count);
    const total = combineSubtrees(round.micro.stage.leaves.length, sumOf, (a, b) => {
      this.scratch[used] ??= new Float32Array(BLOCK_BYTES / 4);
      return combineTwo(a, b, this.scratch[used++]);
    });
    new Float32Array(memory.buffer, address, count).set(total);
  }
}

/** Bytes of a leaf, at its address. */
const at = (leaf: number, { address, bytes }: Range): Range => ({ address: leaf + address, bytes });

/** Slices of a subtree's sum, which lies where the subtree's first leaf did. */
function nodeRange(parts: LeafParts, [leaf]: Span, owned: Range): Range {
  return at(parts.leaves + leaf * parts.bytes, owned);
}

/** Stored as float32, a sum of two float32 is rounded once, as the instruction for it does. */
function add(a: Float32Array, b: Float32Array, into: Float32Array): Float32Array {
  for (let i = 0; i < a.length; i++) into[i] = a[i] + b[i];
  return into.subarray(0, a.length);
}

function larger(a: Float32Array, b: Float32Array, into: Float32Array): Float32Array {
  for (let i = 0; i < a.length; i++) into[i] = Math.max(a[i], b[i]);
  return into.subarray(0, a.length);
}
