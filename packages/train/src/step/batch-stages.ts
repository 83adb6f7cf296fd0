import { add, maximum } from '@weft/core';
import { type Access, byteLength, type CompileOptions, type StepProgram } from '@weft/core/program';
import { type BatchPlan, type PhaseParts, SLICE, SLICE_BYTES } from './batch-plan.js';
import { type DraftLaunch, draftLaunch, draftSlices, numbers } from './launches.js';
import { combineTree } from './leaves.js';
import type { Block, Launch, LaunchBySize, LeafParts, PartGroup, Stage } from './stages.js';

/** Where the values of a planned batch lie. */
export interface BatchPlacement {
  /** By input of the traced program. */
  readonly inputs: readonly Block[];
  /** Address of the slots. */
  readonly slots: number;
  /** Address of the leaves. */
  readonly leaves: number;
  /** Outputs that lie elsewhere than in the slots: those that were planned to have slots of their own. */
  readonly outputs?: ReadonlyMap<number, Block>;
}

/** A stage whose programs are not compiled yet. */
export interface DraftedStage {
  readonly drafts: readonly DraftLaunch[];
  finish(launchOf: (draft: DraftLaunch) => Launch): Stage;
}

/** A stage of one program that one worker runs. */
export function wholeStage(draft: DraftLaunch): DraftedStage {
  return { drafts: [draft], finish: (launchOf) => ({ kind: 'whole', launch: launchOf(draft) }) };
}

/** The programs of a batch: stages that end with its outputs in their places. */
export class BatchStages {
  private readonly elsewhere = new Map<number, Block>();

  constructor(
    private readonly name: string,
    private readonly plan: BatchPlan,
    private readonly placement: BatchPlacement,
    private readonly options: CompileOptions,
  ) {
    // They were planned to have slots of their own, which nothing else reads or writes.
    for (const [output, to] of placement.outputs ?? []) this.elsewhere.set(plan.partition.outputs[output].index, to);
  }

  /** Where an output is when all stages are done. */
  output(which: number): Block {
    return this.blockOf(this.plan.partition.outputs[which]);
  }

  /** @param ticket address of the first word that counts leaves drawn; each phase takes one */
  stages(ticket: number): DraftedStage[] {
    const { before, phases } = this.plan.partition;
    const stages: DraftedStage[] = [];
    if (before) stages.push(this.whole('before', before));
    for (const [index, { whole }] of phases.entries()) {
      const parts = this.plan.phases[index];
      const micro = this.micro(index, parts, ticket + 4 * index);
      if (micro) stages.push(micro);
      if (parts.groups.length > 0 && parts.leaves.length > 1) stages.push(this.combine(index, parts));
      if (whole) stages.push(this.whole(`after ${index}`, whole));
    }
    return stages;
  }

  private micro(index: number, planned: PhaseParts, ticket: number): DraftedStage | undefined {
    const { leaves } = planned;
    const phase = this.plan.partition.phases[index];
    const draftFor = (counts: readonly number[], adds: boolean) =>
      new Map(
        [...new Set(counts)].map((count): [number, DraftLaunch] => {
          const program = phase.micro(count, adds);
          return [count, this.draft(`${index} ${count} ${adds ? 'next' : 'first'}`, program, index)];
        }),
      );
    const first = draftFor(
      leaves.flatMap((leaf) => leaf.slice(0, 1).map(({ count }) => count)),
      false,
    );
    const isEmpty = ({ program }: DraftLaunch) => program.outputs.length === 0;
    if ([...first.values()].every(isEmpty)) return undefined;
    const addsUp = phase.parts.length > 0;
    const following = leaves.flatMap((leaf) => leaf.slice(1).map(({ count }) => count));
    const next = addsUp ? draftFor(following, true) : first;
    const parts = addsUp ? { parts: this.leafParts(index, planned) } : {};
    return {
      drafts: [...new Set([...first.values(), ...next.values()])],
      finish(launchOf) {
        const launches = (drafts: ReadonlyMap<number, DraftLaunch>): LaunchBySize =>
          Object.fromEntries([...drafts].map(([count, draft]) => [count, launchOf(draft)]));
        return { kind: 'micro', ticket, leaves, ...parts, first: launches(first), next: launches(next) };
      },
    };
  }

  /** Adds up the leaves of a phase, in the order of the tree, slice by slice. */
  private combine(index: number, parts: PhaseParts): DraftedStage {
    const { leaves } = this.placement;
    const reduced = this.reducedAddress(index);
    const drafts = parts.groups.map(({ combine, offset, slices }: PartGroup) => {
      const inputs = parts.leaves.map((_, leaf) => ({
        tensor: numbers([SLICE], `leaf ${leaf}`),
        block: { address: leaves + leaf * parts.bytes + offset, perSlice: SLICE_BYTES },
      }));
      const tensor = combineTree(
        inputs.map((input) => input.tensor),
        combine === 'sum' ? add : maximum,
      );
      const output = { tensor, block: { address: reduced + offset, perSlice: SLICE_BYTES } };
      return { draft: draftSlices(`${this.name} ${index} ${combine}`, inputs, [output], {}), slices };
    });
    return {
      drafts: drafts.map(({ draft }) => draft),
      finish: (launchOf) => ({
        kind: 'slices',
        combinesLeaves: true,
        parts: drafts.map(({ draft, slices }) => ({ launch: launchOf(draft), count: slices })),
      }),
    };
  }

  private whole(name: string, program: StepProgram): DraftedStage {
    return wholeStage(this.draft(name, program, undefined));
  }

  private draft(name: string, { program, inputs, outputs }: StepProgram, phase: number | undefined): DraftLaunch {
    const block = (access: Access) => this.blockOf(access, phase);
    const options = { ...this.options, isLowered: true };
    return draftLaunch(`${this.name} ${name}`, program, inputs.map(block), outputs.map(block), options);
  }

  /** @param phase whose micro-batches see their own parts in leaves */
  private blockOf({ of, index, mode }: Access, phase?: number): Block {
    const { partition, batch, phases, slotOffsets } = this.plan;
    if (of === 'input') {
      const block = this.placement.inputs[index];
      return mode === 'whole' ? block : { ...block, perExample: byteLength(partition.inputTypes[index]) / batch };
    }
    const { type } = partition.slots[index];
    const block = this.elsewhere.get(index) ?? { address: this.placement.slots + slotOffsets[index] };
    const parts = phase === undefined ? undefined : phases[phase];
    const offset = parts?.offsets.get(index);
    if (parts && offset !== undefined) {
      // A single leaf is the sum itself.
      const address = parts.leaves.length > 1 ? this.placement.leaves + offset : block.address;
      return { address, perLeaf: parts.bytes };
    }
    return mode === 'whole' ? block : { ...block, perExample: byteLength(type) / batch };
  }

  private leafParts(index: number, { groups, bytes, leaves }: PhaseParts): LeafParts {
    const reduced = this.reducedAddress(index);
    return { leaves: leaves.length > 1 ? this.placement.leaves : reduced, bytes, groups, reduced };
  }

  private reducedAddress(phase: number): number {
    const [[slot, offset]] = this.plan.phases[phase].offsets;
    return this.placement.slots + this.plan.slotOffsets[slot] - offset;
  }
}
