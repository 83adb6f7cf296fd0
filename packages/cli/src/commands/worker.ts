import { homedir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { folder, wholeNumber } from '../arguments/kinds.js';
import { memorySize } from '../arguments/memory-size.js';
import { option } from '../arguments/table.js';
import { connectionOptions, credentialsOf, serverUrl } from '../cluster/connection-options.js';
import { EXIT, UsageError } from '../exit.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { type Command, commonOptions } from './command.js';
import { simdOption, threadsOption } from './train-options.js';

const options = {
  threads: threadsOption,
  memory: option<number | undefined>({
    kind: memorySize,
    default: undefined,
    defaultText: "half of the machine's",
    help: 'Most memory that a training may take here. Trainings that need more are refused.',
  }),
  dataRoot: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: 'none',
    help: 'A folder with the data of trainings: files are found by what they hold, and do not come from the server.',
  }),
  cache: option<string | undefined>({
    kind: folder,
    default: undefined,
    defaultText: '~/.cache/weft, or XDG_CACHE_HOME',
    help: 'Where data that came from the server are kept, at most 8 GB of them.',
  }),
  trialSilence: option({
    kind: wholeNumber(1),
    default: 30,
    help: 'Seconds of silence after which a trial of weft study or weft sweep is given to another worker.',
  }),
  trialCheckpoints: option({
    kind: wholeNumber(1),
    default: 30,
    help: 'Seconds after which the state of a trial is sent to the server, from which another worker could go on.',
  }),
  simd: simdOption,
  ...connectionOptions,
  ...commonOptions,
};

/**
 * The engine counts buffers of messages as growth of the heap, which is small, and would go through all of it every few
 * steps, on threads that compete with those that compute. With room to grow it frees buffers alone. In percent of the heap.
 */
const HEAP_GROWTH = 400;

export const worker: Command<typeof options> = {
  usage: 'weft worker URL [options]',
  summary: 'Compute for trainings of other machines.',
  description:
    'Joins the cluster at the NATS server URL, such as nats://host:4222, and computes a share of each training that weft train --cluster URL begins there. Else it performs trials of weft study and weft sweep --cluster URL, one at a time. Workers may come and go at any time: the weights are the same bits. Ctrl-C ends it after the running step.',
  options,
  positionals: { least: 1, most: 1 },
  async run({ values, positionals: [url], terminal }) {
    if (serverUrl.read(url) === undefined) {
      throw new UsageError(`weft worker: got '${url}', expected ${serverUrl.expected}.`);
    }
    const [{ serveWorker }, { trialsOfOthers }] = await Promise.all([
      import('@weft/cluster'),
      import('../cluster/trials.js'),
    ]);
    setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
    const interrupt = listenForInterrupt(() => {
      terminal.message('Interrupted: leaving after the running step. Interrupt again to stop at once.');
    });
    try {
      await serveWorker(url, {
        ...credentialsOf(values),
        name: values.name,
        threads: values.threads,
        memory: values.memory ?? totalmem() / 2,
        cache: values.cache ?? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'weft'),
        ...(values.dataRoot !== undefined && { dataRoot: values.dataRoot }),
        signal: interrupt.signal,
        also: trialsOfOthers({ ...values, terminal }),
        onEvent: (line) => terminal.message(line),
        onWarning: (message) => terminal.warning(message),
      });
      return EXIT.ok;
    } finally {
      interrupt.stop();
    }
  },
};
