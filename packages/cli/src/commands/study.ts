import { recordText } from '@weft/report';
import { completeTrials, finishedTrials, localExecutor, runStudy, type Study, StudyError } from '@weft/study';
import { EXIT, errorText, exitCodeOf, InterruptedError, UsageError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { chooseStudy } from '../study/choose-study.js';
import { trialPerformer } from '../study/perform-trial.js';
import { reportText } from '../study/report-text.js';
import { withStudiedData } from '../study/studied-data.js';
import { defaultStudyPath, StudyFolder, studyCommand } from '../study/study-folder.js';
import { completeOptions } from '../study/trial-options.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { formatCount } from '../terminal/text.js';
import type { Command } from './command.js';
import { type StudyOptions, studyOptions } from './study-options.js';

export const study: Command<typeof studyOptions> = {
  usage: 'weft study NAME|FILE.json [options]',
  summary: 'Perform many trainings that answer one question.',
  description:
    "Performs the trainings of a study, one after another, and compares them. Studies: seeds (how much is luck?), noise (trained on one, tested on others), anomaly (one class is normal: are the others found?), loss, bottleneck, features (latents against pixels), or one of your own from a JSON file with name, base (options of weft train for all trials) and trials (a list of names and options) or grid (lists of values for options). Each trial is a run in the study's folder; an interrupted study goes on with --resume.",
  options: studyOptions,
  positionals: { least: 0, most: 1 },
  async run({ values, given, positionals: [name], terminal }) {
    if (values.resume !== undefined && given.has('out')) {
      throw new UsageError(`--out: --resume ${values.resume} writes into that very folder. Leave it out.`);
    }
    const chosen = await chooseStudy({ values, given, name });
    const interrupt = listenForInterrupt(() => {
      terminal.message('Interrupted: finishing the running step. Interrupt again to stop at once.');
    });
    try {
      const folder = await StudyFolder.open(values.resume ?? values.out ?? defaultStudyPath(chosen.name, new Date()));
      try {
        return await perform(chosen, { values, folder, terminal, signal: interrupt.signal });
      } catch (error) {
        return failed(error, folder, terminal);
      } finally {
        await folder.close();
      }
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};

/** One call of the command. */
interface Call {
  readonly values: StudyOptions;
  readonly folder: StudyFolder;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Says why a study has ended early, and how it goes on. */
function failed(error: unknown, folder: StudyFolder, terminal: Terminal): number {
  const isInterrupted = error instanceof InterruptedError;
  if (!isInterrupted) terminal.error(errorText(error));
  // What does not fit now will not fit again.
  if (folder.isBegun && !(error instanceof StudyError)) {
    terminal.error(`${isInterrupted ? 'Interrupted. ' : ''}Go on with: ${studyCommand(folder.path)}`);
  } else if (isInterrupted) terminal.error('Interrupted: nothing was saved.');
  return exitCodeOf(error);
}

async function perform(chosen: Study, { values, folder, terminal, signal }: Call): Promise<number> {
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
  const { results, report } = await runStudy(study, { directory, executor: localExecutor(performTrial), signal });
  if (values.json) terminal.print(recordText(results).trimEnd());
  else terminal.result(`${reportText(results, report)}\n\nReport: ${shownPath(folder.file('report.html'))}`);
  return EXIT.ok;
}
