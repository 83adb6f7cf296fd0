import { connectionOptions, credentialsOf, serverUrl } from '../cluster/connection-options.js';
import { statusText, totalsOf } from '../cluster/status-text.js';
import { EXIT, UsageError } from '../exit.js';
import { listenForInterrupt } from '../terminal/interrupt.js';
import { type Command, commonOptions, jsonOption } from './command.js';

const options = { ...connectionOptions, json: jsonOption('it'), ...commonOptions };

export const cluster: Command<typeof options> = {
  usage: 'weft cluster status URL [options]',
  summary: 'Show who is in a cluster, and what they do.',
  description:
    'Listens for a few seconds at the NATS server URL, such as nats://host:4222, and shows the coordinator, the workers with their threads, and how many images and bytes a second they compute and send. Exits with 1 if the server cannot be used.',
  options,
  positionals: { least: 1, most: 2 },
  async run({ values, positionals: [verb, url], terminal }) {
    if (verb !== 'status')
      throw new UsageError(`weft cluster: got '${verb}', expected status. Usage: ${cluster.usage}`);
    if (url === undefined || serverUrl.read(url) === undefined) {
      const got = url === undefined ? 'no address' : `'${url}'`;
      throw new UsageError(`weft cluster status: got ${got}, expected ${serverUrl.expected}.`);
    }
    const { clusterStatus } = await import('@weft/cluster');
    const interrupt = listenForInterrupt(() => terminal.show(undefined));
    try {
      terminal.show(`Listening at ${url}`);
      const status = await clusterStatus(url, {
        ...credentialsOf(values),
        name: values.name,
        signal: interrupt.signal,
        onWarning: (message) => terminal.warning(message),
      });
      terminal.show(undefined);
      if (values.json)
        terminal.print(
          JSON.stringify(
            { name: values.name, ...status, coordinator: status.coordinator ?? null, totals: totalsOf(status) },
            null,
            2,
          ),
        );
      else terminal.result(statusText(values.name, url, status));
      return EXIT.ok;
    } catch (error) {
      interrupt.signal.throwIfAborted();
      throw error;
    } finally {
      terminal.show(undefined);
      interrupt.stop();
    }
  },
};
