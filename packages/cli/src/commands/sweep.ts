import { counted, formatNumber, recordText } from '@weft/report';
import {
  type Executor,
  finishedTrials,
  type RungCall,
  type RunSweepOptions,
  runSweep,
  type Sweep,
  sweepTrials,
} from '@weft/study';
import { onWorkers, refuseUnshared } from '../cluster/on-workers.js';
import { EXIT, UsageError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { withStudiedBase } from '../study/studied-data.js';
import { defaultStudyPath } from '../study/study-folder.js';
import { inStudyFolder, type StudySession } from '../study/study-session.js';
import { completeOptions } from '../study/trial-options.js';
import { chooseSweep } from '../sweep/choose-sweep.js';
import { localWorkers } from '../sweep/local-workers.js';
import { sweepText } from '../sweep/sweep-text.js';
import type { Command } from './command.js';
import { type SweepOptions, sweepOptions } from './sweep-options.js';

export const sweep: Command<typeof sweepOptions> = {
  usage: 'weft sweep SPACE.json [options]',
  summary: 'Search good options by many trainings.',
  description:
    'Tries the options of a space: a JSON file with name, base (options of weft train for all trials), space (for each option a list of values, all of which are tried, or a range: uniform, logUniform, integers, powersOfTwo or choice), trials (how many points are drawn from the ranges, by a Sobol sequence), seed, score (valLoss, loss, testError, psnr or ssim), and halving (factor, firstEpochs, mostEpochs: only the best go on). Each trial is a run in the folder of the sweep; an interrupted sweep goes on with --resume.',
  options: sweepOptions,
  positionals: { least: 0, most: 1 },
  async run({ values, given, positionals: [name], terminal }) {
    if (values.resume !== undefined && given.has('out')) {
      throw new UsageError(`--out: --resume ${values.resume} writes into that very folder. Leave it out.`);
    }
    if (values.cluster !== undefined && given.has('workers')) {
      throw new UsageError(
        '--workers: with --cluster there are as many as have been started by weft worker. Leave it out.',
      );
    }
    const chosen = await chooseSweep({ values, given, name });
    const path = values.resume ?? values.out ?? defaultStudyPath(chosen.name, new Date());
    return inStudyFolder('sweep', path, terminal, (session) => perform(chosen, values, session));
  },
};

async function perform(
  chosen: Sweep,
  values: SweepOptions,
  { folder, terminal, signal }: StudySession,
): Promise<number> {
  const { workers, threads, json, cluster } = values;
  await refuseUnshared(values, sweepTrials(chosen));
  const sweep = { ...chosen, base: await withStudiedBase(chosen.base, terminal, signal) };
  const [directory, trials] = [folder.path, sweepTrials(sweep)];
  const finished = await finishedTrials(trials, { directory, complete: completeOptions });
  const already = finished > 0 ? `, ${finished} of them finished already` : '';
  const atATime = workers > 1 ? `, ${workers} at a time` : '';
  terminal.message(`${sweep.title}: ${counted(trials.length, 'trial')} in ${shownPath(directory)}${atATime}${already}`);
  folder.isBegun = true;
  let rung: RungCall | undefined;
  const call = {
    directory,
    signal,
    onRung(next: RungCall) {
      rung = next;
      if (next.rungs > 1) {
        const epochs = counted(next.epochs ?? 0, 'epoch');
        terminal.message(
          `Rung ${next.number} of ${next.rungs}: ${counted(next.trials.length, 'trial')} with ${epochs}`,
        );
      }
    },
    onDone(trial, _, score, done) {
      const text = score === undefined ? 'no finite score' : `${sweep.score.of} ${formatNumber(score)}`;
      terminal.message(`${trial.name}: ${text} (${done} of ${rung?.trials.length})`);
    },
  } satisfies Omit<RunSweepOptions, 'executor'>;
  const run = (executor: Executor) => runSweep(sweep, { ...call, executor });
  const { results, report } =
    cluster === undefined
      ? await run(localWorkers({ directory, terminal, workers, threads }))
      : await onWorkers(cluster, values, { directory, terminal, threads }, run);
  if (json) terminal.print(recordText(results).trimEnd());
  else terminal.result(`${sweepText(results, report)}\n\nReport: ${shownPath(folder.file('report.html'))}`);
  return EXIT.ok;
}
