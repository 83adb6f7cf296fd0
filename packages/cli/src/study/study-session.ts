import { StudyError } from '@weft/study';
import { errorText, exitCodeOf, InterruptedError } from '../exit.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import type { Terminal } from '../terminal/terminal.js';
import { type StudyCommand, StudyFolder, studyCommand } from './study-folder.js';

/** A call of a command that performs many trials. */
export interface StudySession {
  readonly folder: StudyFolder;
  readonly terminal: Terminal;
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal;
}

/**
 * Opens the folder of a study or a sweep, performs it, and says how it goes on if it ends early.
 *
 * @param path of the folder
 * @returns the exit code
 */
export async function inStudyFolder(
  command: StudyCommand,
  path: string,
  terminal: Terminal,
  perform: (session: StudySession) => Promise<number>,
): Promise<number> {
  const interrupt = listenForInterrupt(() => {
    terminal.message('Interrupted: finishing the running step. Interrupt again to stop at once.');
  });
  try {
    const folder = await StudyFolder.open(path, command);
    try {
      return await perform({ folder, terminal, signal: interrupt.signal });
    } catch (error) {
      return failed(error, command, folder, terminal);
    } finally {
      await folder.close();
    }
  } finally {
    terminal.show(undefined);
    interrupt.stop();
  }
}

/** Says why a study has ended early, and how it goes on. */
function failed(error: unknown, command: StudyCommand, folder: StudyFolder, terminal: Terminal): number {
  const isInterrupted = error instanceof InterruptedError;
  if (!isInterrupted) terminal.error(errorText(error));
  // What does not fit now will not fit again.
  if (folder.isBegun && !(error instanceof StudyError)) {
    terminal.error(`${isInterrupted ? 'Interrupted. ' : ''}Go on with: ${studyCommand(command, folder.path)}`);
  } else if (isInterrupted) terminal.error('Interrupted: nothing was saved.');
  return exitCodeOf(error);
}
