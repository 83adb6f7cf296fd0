import type { ExplainedPass } from '@weft/core/program';
import type { ExplainedStage, ExplainedUpdate } from '@weft/pool';

/** A program of a training step after a pass, under a name that no other pass has. */
export interface ShownPass {
  /** Such as `fuse`, or `simplify-2` for the second pass of a name. */
  readonly key: string;
  readonly pass: ExplainedPass;
  /** What the program works on, such as `a batch of 256 examples`. */
  readonly scope: string;
}

/** What is computed between two places where examples meet, or of all of them at once. */
export interface ShownPart {
  /** Such as `Phase 2`, or `Behind phase 2`. */
  readonly title: string;
  readonly stage: ExplainedStage;
  readonly passes: readonly ShownPass[];
}

/** An update of a step, as it is shown: the passes on the batch, and those on what the cut leaves. */
export interface ShownUpdate {
  readonly update: ExplainedUpdate;
  readonly passes: readonly ShownPass[];
  readonly parts: readonly ShownPart[];
}

export function shownUpdate(update: ExplainedUpdate): ShownUpdate {
  const keysOf = keysWithin();
  const passes = update.passes.map((pass) => ({ key: keysOf(pass.name), pass, scope: `a batch of ${update.batch}` }));
  const computing = update.stages.filter((stage) => stage.passes.length > 0);
  let phase = 0;
  const parts = computing.map((stage): ShownPart => {
    if (stage.kind === 'micro') phase++;
    const scope = stage.examples === undefined ? `a batch of ${update.batch}` : `a micro-batch of ${stage.examples}`;
    const title = stage.kind === 'micro' ? `Phase ${phase}` : phase === 0 ? 'Before phase 1' : `Behind phase ${phase}`;
    const key = keysWithin(passes.map(({ pass }) => pass.name));
    return { title, stage, passes: stage.passes.map((pass) => ({ key: key(pass.name), pass, scope })) };
  });
  return { update, passes, parts };
}

/** Gives each pass a name of its own: the second `simplify` is `simplify-2`. */
function keysWithin(before: readonly string[] = []): (name: string) => string {
  const seen = new Map<string, number>();
  const keyOf = (name: string) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `${name.replaceAll(' ', '-')}${count === 1 ? '' : `-${count}`}`;
  };
  for (const name of before) keyOf(name);
  return keyOf;
}

/** Names of all passes, in their order; those behind the cut once. */
export function passKeys(updates: readonly ShownUpdate[]): string[] {
  return [
    ...new Set(
      updates.flatMap(({ passes, parts }) =>
        [...passes, ...parts.flatMap((part) => part.passes)].map(({ key }) => key),
      ),
    ),
  ];
}
