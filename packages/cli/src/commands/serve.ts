import { realpath, stat } from 'node:fs/promises';
import { wholeNumber } from '../arguments/kinds.js';
import { option } from '../arguments/table.js';
import { EXIT, InputError } from '../exit.js';
import { shownPath } from '../run/directory.js';
import { Runs } from '../serve/runs.js';
import { DEFAULT_PORT, serveRuns } from '../serve/server.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { type Command, commonOptions } from './command.js';
import { givenPath } from './trained-models.js';

/** Where `weft train` puts runs. */
const DEFAULT_FOLDER = 'reports';

const options = {
  port: option<number | undefined>({
    kind: wholeNumber(0, 65535),
    default: undefined,
    defaultText: `${DEFAULT_PORT}, or any if that is in use`,
    help: 'Port of the page; 0 takes any that is free.',
  }),
  ...commonOptions,
};

export const serve: Command<typeof options> = {
  usage: 'weft serve [RUN] [options]',
  summary: 'Follow running trainings in the browser, and open their reports.',
  description:
    'Shows a run, or all runs of a folder (default reports), on a page of this machine: losses, speed and time left while they train, what the models make of test images, and their reports. Only this machine can look, and nothing can be changed: open the address that is printed, which is good once. Ctrl-C ends it; trainings go on without it.',
  options,
  positionals: { least: 0, most: 1 },
  async run({ values, positionals: [given = DEFAULT_FOLDER], terminal }) {
    const path = givenPath(given);
    const interrupt = listenForInterrupt(() => undefined);
    try {
      const runs = new Runs(await folderAt(path), shownPath(path));
      const server = await serveRuns(runs, values.port);
      try {
        const { length } = (await runs.list()).runs;
        terminal.message(
          `Serving ${length === 1 ? '1 run' : `${length} runs`} of ${shownPath(path)}, to this machine only. Ctrl-C ends it. Open this address in a browser; it is good once:`,
        );
        terminal.print(server.address);
        await ended(interrupt.signal);
      } finally {
        await server.close();
      }
      return EXIT.ok;
    } finally {
      interrupt.stop();
    }
  },
};

/** @throws InputError if there is no folder */
async function folderAt(path: string): Promise<string> {
  const refuse = (reason: string, cause?: unknown) =>
    new InputError(
      `${shownPath(path)} ${reason}. Give the folder of a run, or one that holds runs; weft train makes one.`,
      { cause },
    );
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    throw refuse(`cannot be served: ${(cause as Error).message}`, cause);
  }
  if (!isFolder) throw refuse('is a file');
  return realpath(path);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
