import { splitValidation } from '@weft/data';
import type { TrainCall } from '@weft/study';
import type { TrainOptions } from '../commands/train-options.js';
import { RunDirectory, shownPath } from '../run/directory.js';
import { loadData } from '../run/load-data.js';
import { readOptionsFile, runIdentity, runOptions } from '../run/options-file.js';
import { performRun } from '../run/perform-run.js';
import { Stopwatch } from '../run/phases.js';
import { checkData } from '../run/resume.js';
import { SessionLog } from '../run/sessions.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * Trains as `weft train --out` or `--resume` does.
 *
 * @param options every option of `weft train`
 */
export async function trainTrial(
  options: TrainOptions,
  { folder, resume, signal }: Pick<TrainCall, 'folder' | 'resume' | 'signal'>,
  terminal: Terminal,
): Promise<void> {
  const [startedAt, stopwatch] = [new Date(), new Stopwatch()];
  const resumed = resume ? await readOptionsFile(folder) : undefined;
  const directory = await RunDirectory.open(folder);
  try {
    const asked = resumed ? { ...options, ...resumed.options, threads: options.threads } : options;
    const request = { ...asked, dataset: resumed?.run.dataset ?? asked.dataset };
    const data = await stopwatch.time('data', () => loadData(request, terminal, { signal }));
    if (resumed) checkData(data, resumed.run);
    const counts = splitValidation(data.train.count, asked.validationSplit);
    const recorded = {
      ...runOptions({ ...asked, batchSize: Math.min(asked.batchSize, counts.trainCount) }),
      limit: asked.limit ?? null,
      testLimit: asked.testLimit ?? null,
      out: shownPath(directory.path),
    };
    const run = runIdentity(data);
    const contents = { ...recorded, run };
    await (resumed ? directory.resume(contents) : directory.begin(contents));
    const sessions = await SessionLog.begin(directory, startedAt, stopwatch);
    try {
      const { dataSha256 } = run;
      const parts = { directory, data, counts, dataSha256, options: recorded, terminal, signal };
      await performRun({ ...parts, stopwatch, sessions });
    } finally {
      await sessions.note().catch(() => undefined);
    }
  } finally {
    await directory.close();
  }
}
