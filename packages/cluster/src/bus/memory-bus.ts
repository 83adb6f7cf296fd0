import { RandomStream } from '@weft/core';
import type { Bus, Delivery, Unsubscribe } from './bus.js';
import { matches } from './subject.js';

/** How a network in memory treats messages. Rates are probabilities from 0 to 1; default 0. */
export interface MemoryNetworkOptions {
  /** Decides what is lost, doubled and overtaken; default 0. */
  readonly seed?: number;
  /** Most bytes of a message; default 1 MiB, as NATS has it. */
  readonly maximumBytes?: number;
  readonly lossRate?: number;
  readonly duplicateRate?: number;
  /** Messages of different senders or receivers overtake each other; default false: all come in the order of sending. */
  readonly shuffles?: boolean;
  /** A duplicate may come after later messages of its sender; default false: it comes next. */
  readonly duplicatesLate?: boolean;
}

/** What is under way from one sender to one receiver, in order. */
interface Lane {
  readonly from: MemoryBus;
  readonly to: MemoryBus;
  readonly waiting: Delivery[];
}

const STREAM = 0x4d454d42;

/**
 * A network in the memory of one process, for tests: buses that join it reach each other. With a seed it loses, doubles
 * and delays messages, the same ones each time. It knows no clock: a message comes in a later turn of the event loop.
 */
export class MemoryNetwork {
  readonly maximumBytes: number;
  readonly #options: MemoryNetworkOptions;
  readonly #random: RandomStream;
  readonly #buses = new Set<MemoryBus>();
  /** Lanes with something in them, in the order in which that was sent. */
  readonly #lanes: Lane[] = [];
  readonly #order: Lane[] = [];
  #isRunning = false;
  #idle: (() => void)[] = [];

  constructor(options: MemoryNetworkOptions = {}) {
    this.#options = options;
    this.maximumBytes = options.maximumBytes ?? 2 ** 20;
    this.#random = new RandomStream(options.seed ?? 0, STREAM);
  }

  /** A bus to all others that have joined. */
  join(): MemoryBus {
    const bus = new MemoryBus(this);
    this.#buses.add(bus);
    return bus;
  }

  /** Settles when no message is under way. */
  idle(): Promise<void> {
    return this.#isRunning ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** @internal */
  leave(bus: MemoryBus): void {
    this.#buses.delete(bus);
  }

  /** @internal */
  send(from: MemoryBus, delivery: Delivery): void {
    for (const to of this.#buses) {
      if (!to.hears(delivery.subject) || this.#happens(this.#options.lossRate)) continue;
      const isDoubled = this.#happens(this.#options.duplicateRate);
      this.#put(from, to, delivery);
      if (isDoubled) this.#put(from, to, delivery, this.#options.duplicatesLate);
    }
  }

  #happens(rate = 0): boolean {
    return rate > 0 && this.#random.uniform() < rate;
  }

  #put(from: MemoryBus, to: MemoryBus, delivery: Delivery, isLate = false): void {
    let lane = isLate ? undefined : this.#lanes.find((each) => each.from === from && each.to === to);
    if (!lane) {
      lane = { from, to, waiting: [] };
      // A late duplicate has a lane of its own, so that others overtake it.
      this.#lanes.push(lane);
    }
    lane.waiting.push(delivery);
    this.#order.push(lane);
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => this.#run());
  }

  /** Delivers one message a turn, so that what it sets off and what is under way already mix. */
  #run(): void {
    const at = this.#options.shuffles || this.#options.duplicatesLate ? this.#random.integer(this.#order.length) : 0;
    const [lane] = this.#order.splice(at, 1);
    const delivery = lane.waiting.shift()!;
    if (lane.waiting.length === 0) this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    try {
      lane.to.deliver(delivery);
    } finally {
      if (this.#order.length > 0) setImmediate(() => this.#run());
      else this.#rest();
    }
  }

  #rest(): void {
    this.#isRunning = false;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}

/** A bus of a network in memory. */
export class MemoryBus implements Bus {
  readonly maximumBytes: number;
  readonly #network: MemoryNetwork;
  readonly #subscriptions = new Set<{ pattern: string; receive: (delivery: Delivery) => void }>();
  readonly #watchers = new Set<(isConnected: boolean) => void>();
  #isConnected = true;

  /** Only networks make buses. */
  constructor(network: MemoryNetwork) {
    this.#network = network;
    this.maximumBytes = network.maximumBytes;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  publish(subject: string, data: Uint8Array): void {
    if (data.length > this.maximumBytes) {
      throw new RangeError(`publish: got ${data.length} bytes, expected at most ${this.maximumBytes}.`);
    }
    if (this.#isConnected) this.#network.send(this, { subject, data: new Uint8Array(data) });
  }

  subscribe(pattern: string, receive: (delivery: Delivery) => void): Unsubscribe {
    const subscription = { pattern, receive };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  onConnection(changed: (isConnected: boolean) => void): Unsubscribe {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  /** Cuts this bus off, or connects it again: what is sent meanwhile, or under way to it, is lost. */
  setConnected(isConnected: boolean): void {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    for (const changed of [...this.#watchers]) changed(isConnected);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.setConnected(false);
    this.#subscriptions.clear();
    this.#network.leave(this);
    return Promise.resolve();
  }

  /** @internal */
  hears(subject: string): boolean {
    return this.#isConnected && [...this.#subscriptions].some(({ pattern }) => matches(pattern, subject));
  }

  /** @internal */
  deliver({ subject, data }: Delivery): void {
    if (!this.#isConnected) return;
    for (const { pattern, receive } of [...this.#subscriptions]) {
      if (matches(pattern, subject)) receive({ subject, data: new Uint8Array(data) });
    }
  }
}
