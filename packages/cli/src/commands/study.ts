import { recordText } from '@weft/report';
import { completeTrials, type Executor, finishedTrials, localExecutor, runStudy, type Study } from '@weft/study';
import { onWorkers, refuseUnshared } from '../cluster/on-workers.js';
import { EXIT, UsageError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { chooseStudy } from '../study/choose-study.js';
import { trialPerformer } from '../study/perform-trial.js';
import { reportText } from '../study/report-text.js';
import { withStudiedData } from '../study/studied-data.js';
import { defaultStudyPath } from '../study/study-folder.js';
import { inStudyFolder, type StudySession } from '../study/study-session.js';
import { completeOptions } from '../study/trial-options.js';
import { formatCount } from '../terminal/text.js';
import type { Command } from './command.js';
import { type StudyOptions, studyOptions } from './study-options.js';

export const study: Command<typeof studyOptions> = {
  usage: 'weft study NAME|FILE.json [options]',
  summary: 'Perform many trainings that answer one question.',
  description:
    "Performs the trainings of a study, one after another, and compares them. Studies: seeds (how much is luck?), noise (trained on one, tested on others), anomaly (one class is normal: are the others found?), loss, bottleneck, features (latents against pixels), or one of your own from a JSON file with name, base (options of weft train for all trials) and trials (a list of names and options) or grid (lists of values for options). Each trial is a run in the study's folder; an interrupted study goes on with --resume. With --cluster workers perform them, several at a time.",
  options: studyOptions,
  positionals: { least: 0, most: 1 },
  async run({ values, given, positionals: [name], terminal }) {
    if (values.resume !== undefined && given.has('out')) {
      throw new UsageError(`--out: --resume ${values.resume} writes into that very folder. Leave it out.`);
    }
    const chosen = await chooseStudy({ values, given, name });
    const path = values.resume ?? values.out ?? defaultStudyPath(chosen.name, new Date());
    return inStudyFolder('study', path, terminal, (session) => perform(chosen, values, session));
  },
};

async function perform(
  chosen: Study,
  values: StudyOptions,
  { folder, terminal, signal }: StudySession,
): Promise<number> {
  await refuseUnshared(values, completeTrials(chosen));
  const study = await withStudiedData(chosen, terminal, signal);
  const [directory, trials] = [folder.path, completeTrials(study)];
  const finished = await finishedTrials(trials, { directory, complete: completeOptions });
  const already = finished > 0 ? `, ${formatCount(finished)} of them finished already` : '';
  terminal.message(
    `${study.title}: ${formatCount(trials.length)} trial${trials.length === 1 ? '' : 's'} in ${shownPath(directory)}${already}`,
  );
  const performTrial = trialPerformer(directory, {
    terminal,
    threads: values.threads,
    onTraining(name) {
      const position = trials.findIndex((trial) => trial.name === name) + 1;
      terminal.message(`Trial ${position} of ${trials.length}: ${name}`);
    },
  });
  folder.isBegun = true;
  const { cluster, threads } = values;
  const run = (executor: Executor) => runStudy(study, { directory, executor, signal });
  const { results, report } =
    cluster === undefined
      ? await run(localExecutor(performTrial))
      : await onWorkers(cluster, values, { directory, terminal, threads }, run);
  if (values.json) terminal.print(recordText(results).trimEnd());
  else terminal.result(`${reportText(results, report)}\n\nReport: ${shownPath(folder.file('report.html'))}`);
  return EXIT.ok;
}
