import { ClusterError } from './errors.js';

/** Where messages of a cluster go. */
export interface Subjects {
  /** Heartbeats of workers. */
  readonly alive: string;
  /** To all workers. */
  readonly all: string;
  /** To the workers of a session. */
  members(revision: number): string;
  /** To the coordinator. */
  readonly coordinator: string;
  /** To one worker. */
  to(worker: string): string;
}

/** @throws ClusterError for a name that no cluster has */
export function checkClusterName(name: string): void {
  if (/^[a-z0-9-]{1,32}$/.test(name)) return;
  throw new ClusterError(
    'usage',
    `The name of a cluster: got ${JSON.stringify(name)}, expected up to 32 small letters, digits and dashes.`,
  );
}

/**
 * The subjects of the cluster of a name.
 *
 * @throws ClusterError for a name that no cluster has
 */
export function subjectsOf(name: string): Subjects {
  checkClusterName(name);
  const prefix = `weft.${name}`;
  return {
    alive: `${prefix}.alive`,
    all: `${prefix}.all`,
    members: (revision) => `${prefix}.members.${revision}`,
    coordinator: `${prefix}.coordinator`,
    to: (worker) => `${prefix}.to.${worker}`,
  };
}

/** Bucket of the keys of all clusters on a server. */
export const KEY_BUCKET = 'weft-keys';

/** Key that the coordinator of a cluster holds. */
export const coordinatorKey = (name: string): string => `${name}.coordinator`;

/** Bucket of the objects of all clusters on a server. */
export const OBJECT_BUCKET = 'weft-objects';
