import type { ObjectStore } from '@nats-io/obj';
import type { Connection } from './bus/connect.js';
import { ClusterError } from './errors.js';

/** Bytes on the server, by their SHA-256. */
export class DataObjects {
  private constructor(private readonly store: ObjectStore) {}

  static async open({ objects }: Pick<Connection, 'objects'>, name: string): Promise<DataObjects> {
    return new DataObjects(await objects.create(`weft-${name}-data`));
  }

  /** Keeps bytes, unless they are there. */
  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    const known = await this.store.info(sha256);
    if (known?.size === bytes.length && !known.deleted) return;
    await this.store.putBlob({ name: sha256 }, bytes);
  }

  /** @throws ClusterError if they are not there */
  async get(sha256: string): Promise<Uint8Array> {
    const bytes = await this.store.getBlob(sha256);
    if (!bytes) throw new ClusterError('missing', `The server has no object ${sha256}.`);
    return bytes;
  }
}
