import type { Executor, Trial } from '@weft/study';
import { option, type Values } from '../arguments/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { connectionOptions, connectTerminal, serverUrl } from './connection-options.js';

/** Options of commands whose trials workers can perform. */
export const workersOptions = {
  cluster: option<string | undefined>({
    kind: serverUrl,
    default: undefined,
    defaultText: 'none',
    help: 'Have the workers of the cluster at this NATS server perform the trials: weft worker URL begins one. The results are the same.',
  }),
  ...connectionOptions,
};

/** What trials of a study or a sweep are performed for. */
interface Asking {
  /** The folder of the study. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly threads: number;
}

/**
 * Refuses trials that only this machine could perform, if workers are to.
 *
 * @throws StudyError naming the first of them
 */
export async function refuseUnshared(
  { cluster }: Values<typeof workersOptions>,
  trials: readonly Trial[],
): Promise<void> {
  if (cluster === undefined) return;
  const { checkSharedTrial } = await import('./trial-rules.js');
  for (const trial of trials) checkSharedTrial(trial);
}

/**
 * Does something with an executor that has workers perform the trials.
 *
 * @param url of the NATS server
 * @throws UsageError if the address or a credential makes no sense; ClusterError if the server cannot be used
 */
export async function onWorkers<Result>(
  url: string,
  values: Values<typeof workersOptions>,
  asking: Asking,
  work: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  const { trialsOnWorkers } = await import('./trials.js');
  const connection = await connectTerminal(url, values, asking.terminal);
  try {
    return await work(trialsOnWorkers({ ...connection, name: values.name }, asking));
  } finally {
    await connection.close();
  }
}
