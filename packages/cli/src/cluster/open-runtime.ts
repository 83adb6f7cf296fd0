import type { ClusterRuntime } from '@weft/cluster';
import type { Values } from '../arguments/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { type connectionOptions, credentialsOf } from './connection-options.js';

/** Where a training is to be computed. */
export interface ClusterPlace {
  readonly url: string;
  readonly values: Values<typeof connectionOptions>;
}

/**
 * Opens the workers of a cluster for a training.
 *
 * @throws ClusterError if the server cannot be used, or another process coordinates the cluster
 */
export async function openRuntime({ url, values }: ClusterPlace, terminal: Terminal): Promise<ClusterRuntime> {
  const { cluster } = await import('@weft/cluster');
  return cluster(url, {
    ...credentialsOf(values),
    name: values.name,
    work: 'weft train',
    onEvent: (line) => terminal.message(`Cluster: ${line}`),
    onWarning: (message) => terminal.warning(message),
  });
}
