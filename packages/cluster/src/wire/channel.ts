import type { Bus, Unsubscribe } from '../bus/bus.js';
import { cutIntoChunks, MOST_CHUNK, Reassembly, type ReassemblyOptions } from './chunks.js';
import type { ValuesOf } from './fields.js';
import type { Kinds, MessageOf, Messages } from './message.js';
import { MessageError } from './message-error.js';

/**
 * Sends messages over a bus and hands on those that come, whole and checked. What is no message is dropped and counted.
 */
export class Channel<K extends Kinds> {
  readonly #bus: Bus;
  readonly #messages: Messages<K>;
  readonly #bounds: ReassemblyOptions;
  readonly #counts = { refused: 0, sent: 0, received: 0 };
  #lastRefusal: string | undefined;

  constructor(bus: Bus, messages: Messages<K>, bounds: ReassemblyOptions = {}) {
    this.#bus = bus;
    this.#messages = messages;
    this.#bounds = bounds;
  }

  /** Messages that were dropped because they were not as they should be. */
  get refused(): number {
    return this.#counts.refused;
  }

  /** Why a message was dropped last. */
  get lastRefusal(): string | undefined {
    return this.#lastRefusal;
  }

  /** Bytes of messages that were sent. */
  get sentBytes(): number {
    return this.#counts.sent;
  }

  /** Bytes of messages that came, refused ones too. */
  get receivedBytes(): number {
    return this.#counts.received;
  }

  /** Sends a message, in chunks if it is larger than the bus carries. @throws MessageError if a value does not fit */
  send<Name extends keyof K & string>(
    subject: string,
    kind: Name,
    fields: ValuesOf<K[Name]['fields']>,
    payload?: Uint8Array,
  ): void {
    const most = Math.min(this.#bus.maximumBytes, MOST_CHUNK);
    for (const part of cutIntoChunks(this.#messages.encode(kind, fields, payload), most)) {
      this.#counts.sent += part.length;
      this.#bus.publish(subject, part);
    }
  }

  /** Receives messages of a subject. What `receive` throws as a MessageError is counted as a refusal, too. */
  receive(subject: string, receive: (message: MessageOf<K>, subject: string) => void): Unsubscribe {
    const reassembly = new Reassembly(this.#bounds);
    return this.#bus.subscribe(subject, (delivery) => {
      this.#counts.received += delivery.data.length;
      try {
        const whole = reassembly.accept(delivery.data);
        if (whole) receive(this.#messages.decode(whole), delivery.subject);
      } catch (error) {
        if (!(error instanceof MessageError)) throw error;
        this.#counts.refused++;
        this.#lastRefusal = error.message;
      }
    });
  }
}
