import type { NatsConnection } from '@nats-io/transport-node';
import type { Bus, Delivery, Unsubscribe } from './bus.js';

/** The client gives Buffers, whose slices are not copies as those of other arrays are. */
const plain = (bytes: Uint8Array) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

/** A bus over a connection to a NATS server. What is published while the connection is down is dropped. */
export class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #watchers = new Set<(isConnected: boolean) => void>();
  #maximumBytes: number;
  #isConnected = true;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
    this.#maximumBytes = connection.info!.max_payload;
    void this.#watch();
  }

  get maximumBytes(): number {
    // While the connection is down the server says nothing.
    this.#maximumBytes = this.#connection.info?.max_payload ?? this.#maximumBytes;
    return this.#maximumBytes;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  publish(subject: string, data: Uint8Array): void {
    // The client keeps what it cannot send. Nobody waits for messages of before, and memory would fill.
    if (this.#isConnected && !this.#connection.isClosed()) this.#connection.publish(subject, data);
  }

  subscribe(subject: string, receive: (delivery: Delivery) => void): Unsubscribe {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) receive({ subject: message.subject, data: plain(message.data) });
      },
    });
    return () => {
      if (!this.#connection.isClosed()) subscription.unsubscribe();
    };
  }

  onConnection(changed: (isConnected: boolean) => void): Unsubscribe {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  async flush(): Promise<void> {
    // A flush of a broken connection rejects: what it waited for is lost.
    if (this.#isConnected && !this.#connection.isClosed()) await this.#connection.flush().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect' || type === 'close') this.#set(false);
      if (type === 'reconnect') void this.#back();
    }
    this.#set(false);
  }

  /** A server that came back knows the subscriptions when it has answered: before, messages to this machine are lost. */
  async #back(): Promise<void> {
    try {
      await this.#connection.flush();
      this.#set(true);
    } catch {
      // The connection broke again. Another status tells of it.
    }
  }

  #set(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    for (const changed of [...this.#watchers]) changed(isConnected);
  }
}
