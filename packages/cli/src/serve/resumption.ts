import { basename } from 'node:path';
import { checkpointStep, RUN_FILES } from '../run/directory.js';
import { resumeCommand } from '../run/resume.js';
import { printable } from '../terminal/text.js';
import { isTrained, type ModelProgress } from './model-progress.js';
import type { RunContents } from './run-reader.js';
import type { RunView } from './views.js';

/**
 * What a user types to go on with an interrupted run, and what that does.
 *
 * @param path of the run's folder
 * @returns null if there is nothing to resume
 */
export function resumption(path: string, contents: RunContents, models: readonly ModelProgress[]): RunView['resume'] {
  const { options, files } = contents;
  if (!options) return null;
  // As it is on a terminal: what turns the direction of writing would make another command of it for the eye.
  const command = printable(resumeCommand(path));
  const trained = models.filter((model) => isTrained(model, contents)).map(({ title }) => title);
  const next = models.find((model) => !isTrained(model, contents));
  const kept = trained.length === 0 ? '' : ` ${trained.join(' and ')}: trained already, nothing is repeated.`;
  if (!next) return { command, effect: `tests the models, draws the figures and writes the report.${kept}` };
  const step = newestStep(next.key, files);
  if (step === undefined) return { command, effect: `trains the ${next.title} from its first step.${kept}` };
  const { trainCount } = options.run;
  return {
    command,
    effect: `goes on with the ${next.title} ${placeOf(step, trainCount, options.options.batchSize)}.${kept}`,
  };
}

/** The step of a model's newest checkpoint; undefined if it has none. */
function newestStep(key: string, files: ReadonlySet<string>): number | undefined {
  const steps = [...files]
    .filter((file) => file.startsWith(RUN_FILES.checkpoints))
    .flatMap((file) => checkpointStep(key, basename(file)) ?? []);
  // A folder may hold more files than a call takes arguments.
  return steps.length === 0 ? undefined : steps.reduce((newest, step) => Math.max(newest, step));
}

/** Where in a training a step lies, counted from the first epoch's first one. */
function placeOf(step: number, trainCount: number | undefined, batchSize: number): string {
  if (trainCount === undefined || !(trainCount > 0)) return `after step ${step}`;
  const steps = Math.ceil(trainCount / batchSize);
  const [epochs, rest] = [Math.floor(step / steps), step % steps];
  if (epochs === 0) return `after step ${rest} of ${steps} of its first epoch`;
  return rest === 0 ? `after epoch ${epochs}` : `after epoch ${epochs} and step ${rest} of ${steps}`;
}
