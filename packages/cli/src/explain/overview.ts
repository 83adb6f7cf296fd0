import type { ProgramCounts } from '@weft/core/program';
import type { ExplainedStage, KeptValue } from '@weft/pool';
import { columns, wrap } from '../arguments/help.js';
import { formatAmount, formatCount, formatTable } from '../terminal/text.js';
import type { ShownPart, ShownPass, ShownUpdate } from './shown-passes.js';

const HEADINGS = ['', 'operations', 'read', 'written', 'products'];

/** Operations of a program, whatever they are. */
export const operationCount = ({ operations }: ProgramCounts): number =>
  Object.values(operations).reduce((total, count) => total + count, 0);

/** What a training step is, in a screen or two: the passes, the cut, and what workers do. */
export function overview({ update, passes, parts }: ShownUpdate): string {
  const { batch, microBatch, stages } = update;
  const microBatches = Math.ceil(batch / microBatch);
  const cut = `Cut into ${formatCount(microBatches)} micro-batches of ${formatCount(microBatch)} examples, whose values fit into the caches.`;
  const said = new Set<string>();
  return [
    `From layers to one program, for a batch of ${formatCount(batch)} examples:`,
    passTable(passes, (which) => sentence(passes, which)),
    '',
    ...wrap(`${cut} ${meetings(parts)}`),
    ...parts.flatMap((part) => [
      '',
      ...wrap(partHeading(part)),
      // What a pass does is said of the first part.
      passTable(part.passes, (which) => once(said, part.passes[which].pass.does)),
      ...keptLines(part.stage),
    ]),
    '',
    'What workers do in a step, with a barrier behind each line:',
    trimmed(columns(stageRows(stages, parts))),
  ].join('\n');
}

/** A text where it is said for the first time, and nothing later. */
function once(said: Set<string>, text: string): string {
  const isNew = !said.has(text);
  said.add(text);
  return isNew ? text : '';
}

/** What the columns of numbers say. */
export const LEGEND = wrap(
  'Numbers are those of one run of a program: its operations, the bytes that these read and write, and the ' +
    'multiplications of its matrix products. A convolution has none before it is lowered to matrix products.',
).join('\n');

/** How often examples meet. */
function meetings(parts: readonly ShownPart[]): string {
  const phases = parts.filter(({ stage }) => stage.kind === 'micro').length;
  if (phases === 1) return 'Examples meet only in sums that are results, so one phase is enough.';
  return `Examples meet on the way, so there are ${phases} phases; each needs what those before have put together.`;
}

function partHeading({ title, stage }: ShownPart): string {
  const scope =
    stage.examples === undefined ? 'the whole batch, on one worker' : `a micro-batch of ${stage.examples} examples`;
  const scratch = stage.scratchBytes === 0 ? 'no' : `${formatAmount(stage.scratchBytes, 'B')} of`;
  return `${title}: ${scope}. ${formatAmount(stage.wasmBytes, 'B')} of WebAssembly, ${scratch} scratch memory.`;
}

/** A line of numbers for each pass, and behind it in words what the pass does. */
function passTable(passes: readonly ShownPass[], textOf: (which: number) => string): string {
  const rows = passes.map(({ key, pass: { counts } }) => [
    key,
    formatCount(operationCount(counts)),
    formatAmount(counts.bytesRead, 'B'),
    formatAmount(counts.bytesWritten, 'B'),
    formatAmount(counts.multiplyAccumulates, ''),
  ]);
  const [heading, ...lines] = formatTable([HEADINGS, ...rows]).split('\n');
  const width = Math.max(...[heading, ...lines].map((line) => line.length));
  const described = lines.map((line, index) => [line.padEnd(width), textOf(index)]);
  return `  ${heading}\n${trimmed(columns(described))}`;
}

/** What a pass does; of one that comes again, that it is the same. */
function sentence(passes: readonly ShownPass[], index: number): string {
  const { pass } = passes[index];
  const first = passes.findIndex((other) => other.pass.does === pass.does);
  return first < index ? `As ${passes[first].key}.` : pass.does;
}

const KEPT = {
  sum: 'adds up',
  max: 'finds the largest',
  rows: 'keeps for each example',
  whole: 'keeps',
} as const;

/** What a part leaves behind: a line for what is kept alike. */
function keptLines({ keeps }: ExplainedStage): string[] {
  const kinds = [...new Set(keeps.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const values = keeps.filter((kept) => kept.kind === kind);
    const bytes = values.reduce((total, value) => total + value.bytes, 0);
    return `  ${KEPT[kind]}: ${named(values).join(', ')} (${formatAmount(bytes, 'B')})`;
  });
}

/** Gradients together, other results by their names, and values on the way by their types. */
function named(values: readonly KeptValue[]): string[] {
  const gradients = values.filter(({ name }) => name?.startsWith('gradient of '));
  const others = values.filter((value) => !gradients.includes(value));
  const together = gradients.length > 1 ? [`${gradients.length} gradients`] : gradients.map(({ name }) => name ?? '');
  return [...together, ...others.map(({ name, type: { dtype, shape } }) => name ?? `${dtype}[${shape.join(',')}]`)];
}

/** Columns whose last is empty end with spaces. */
const trimmed = (text: string) => text.replace(/ +$/gm, '');

const WHO = { sums: 'sums', update: 'update', finish: 'end' } as const;

/** A line for each stage; what is said of one holds for the others of its kind. */
function stageRows(stages: readonly ExplainedStage[], parts: readonly ShownPart[]): string[][] {
  const said = new Set<string>();
  return stages.map((stage, index) => {
    const { kind, does, shares } = stage;
    const who = kind in WHO ? WHO[kind as keyof typeof WHO] : parts.find((part) => part.stage === stage)?.title;
    const unit = kind === 'micro' ? 'accumulators' : 'slices';
    const share = shares === 1 ? 'one worker' : `${formatCount(shares)} ${unit}`;
    const number = String(index + 1).padStart(2);
    return [`${number} ${(who ?? kind).toLowerCase().padEnd(14)}  ${share}`, once(said, does)];
  });
}
