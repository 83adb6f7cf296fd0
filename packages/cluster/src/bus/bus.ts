/** A message that came by a bus. */
export interface Delivery {
  readonly subject: string;
  readonly data: Uint8Array;
}

/** Ends a subscription. */
export type Unsubscribe = () => void;

/**
 * Carries messages between machines: core NATS, or in tests the memory of one process. Messages of one sender to one
 * subject come in order. Some may be lost while the connection is down.
 */
export interface Bus {
  /** Most bytes of a message. */
  readonly maximumBytes: number;
  /** Whether messages reach the server now. */
  readonly isConnected: boolean;
  /** Sends bytes, which must stay as they are afterwards. While the connection is down they are dropped. */
  publish(subject: string, data: Uint8Array): void;
  /** Subjects may have NATS's wildcards: `*` for one word, `>` for all that follow. */
  subscribe(subject: string, receive: (delivery: Delivery) => void): Unsubscribe;
  /** Is called with false when the connection breaks, and with true when it is back with all subscriptions. */
  onConnection(changed: (isConnected: boolean) => void): Unsubscribe;
  /** Settles when the server has all that was published and subscribed to, or the connection is down. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
