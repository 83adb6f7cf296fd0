import type { JetStreamClient } from '@nats-io/jetstream';
import type { Kvm } from '@nats-io/kv';
import type { Objm } from '@nats-io/obj';
import { checkClusterName } from '../subjects.js';

/** Where trials wait for workers: a part of what {@link connect} gives, and the name of a cluster. */
export interface TrialPlace {
  /** Of the cluster: small letters, digits and dashes. Default `default`. */
  readonly name?: string;
  readonly jetstream: JetStreamClient;
  readonly kv: Kvm;
  readonly objects: Objm;
}

/** Names on the server. */
export interface PlaceNames {
  /** The stream, the bucket of keys and the bucket of objects. */
  readonly bucket: string;
  /** What subjects of trials begin with. */
  readonly subjects: string;
}

/** @throws ClusterError with the code `usage` for a name that no cluster has */
export function placeNames(name = 'default'): PlaceNames {
  checkClusterName(name);
  return { bucket: `weft-${name}-trials`, subjects: `weft.${name}.trials` };
}
