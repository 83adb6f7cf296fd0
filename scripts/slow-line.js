// A line between a client and a server that is slow, or cut: a TCP proxy on 127.0.0.1, which needs no rights.
import { connect, createServer } from 'node:net';

/** Bytes that wait in one direction before the proxy stops reading. A real line's buffers are about as large. */
const MOST_WAITING = 2 ** 20;

/** Bytes that go over a line at once: small enough that connections share a line evenly. */
const PIECE = 2 ** 14;

/**
 * What passes bytes one after another, at so many a second: a machine's line, or a server's that many connections share.
 */
export class Line {
  /** When the line has passed all that it was given. */
  #free = Number.NEGATIVE_INFINITY;

  /** @param {number} bandwidth bytes a second */
  constructor(bandwidth = Number.POSITIVE_INFINITY) {
    if (!(bandwidth > 0)) throw new RangeError(`bandwidth: got ${bandwidth}, expected bytes a second, above 0.`);
    this.bandwidth = bandwidth;
  }

  /**
   * Passes bytes.
   *
   * @param {number} time when they come to the line, in milliseconds
   * @param {number} bytes
   * @returns {number} when the last of them has passed
   */
  pass(time, bytes) {
    this.#free = Math.max(this.#free, time) + (1000 * bytes) / this.bandwidth;
    return this.#free;
  }
}

/** @typedef {import('./slow-line.d.ts').Clock} Clock */

/** @type {Clock} */
const CLOCK = {
  now: () => performance.now(),
  at(time, call) {
    // Rounded to whole milliseconds, as timers are: late as often as early.
    const timer = setTimeout(call, Math.max(0, Math.round(time - performance.now())));
    return () => clearTimeout(timer);
  },
};

/** Half of a timer's resolution: what is due so soon goes with what is due. */
const SOON = 0.5;

/**
 * @typedef {{ time: number, bytes: Buffer }} Piece bytes, and when they are due
 */

/** Pieces on a line: each leaves when the line has passed it. */
class Queue {
  /** @type {Piece[]} */
  #pieces = [];
  /** @type {(() => void) | undefined} */
  #callOff;

  /**
   * @param {Clock} clock
   * @param {(time: number, bytes: number) => number} pass when bytes leave that come at a time
   * @param {(piece: Piece) => void} next what takes them then
   */
  constructor(clock, pass, next) {
    this.clock = clock;
    this.pass = pass;
    this.next = next;
  }

  /** @param {Piece} piece */
  push({ time, bytes }) {
    this.#pieces.push({ time: this.pass(time, bytes.length), bytes });
    if (this.#pieces.length === 1) this.#release();
  }

  clear() {
    this.#callOff?.();
    this.#pieces = [];
  }

  #release() {
    this.#callOff?.();
    this.#callOff = undefined;
    while (this.#pieces.length > 0 && this.#pieces[0].time <= this.clock.now() + SOON) {
      this.next(/** @type {Piece} */ (this.#pieces.shift()));
    }
    if (this.#pieces.length > 0) this.#callOff = this.clock.at(this.#pieces[0].time, () => this.#release());
  }
}

/** One direction of one connection: reads, lets lines take their time, and writes. */
class Direction {
  #isHeld = false;
  #isBlocked = false;
  #hasEnded = false;
  /** Bytes on their way. */
  bytes = 0;
  /** @type {Buffer[]} */
  #due = [];

  /**
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {object} options
   * @param {'up' | 'down'} options.way
   * @param {readonly Pick<Line, 'pass'>[]} options.lines
   * @param {number} options.latency
   * @param {Clock} options.clock
   * @param {(bytes: number) => void} options.count
   */
  constructor(from, to, { way, lines, latency, clock, count }) {
    this.way = way;
    this.from = from;
    this.to = to;
    this.count = count;
    /** @type {Queue[]} */
    this.queues = [];
    lines.forEach((line, index) => {
      const isLast = index === lines.length - 1;
      // Each line is entered when a piece has left the one before: on a line that others share, first come, first served.
      const pass = (/** @type {number} */ time, /** @type {number} */ bytes) =>
        line.pass(time, bytes) + (isLast ? latency : 0);
      const next = (/** @type {Piece} */ piece) => (isLast ? this.#arrive(piece) : this.queues[index + 1].push(piece));
      this.queues.push(new Queue(clock, pass, next));
    });
    from.on('data', (data) => {
      const all = /** @type {Buffer} */ (data);
      this.bytes += all.length;
      for (let begin = 0; begin < all.length; begin += PIECE) {
        this.queues[0].push({ time: clock.now(), bytes: all.subarray(begin, begin + PIECE) });
      }
      this.#write();
    });
    from.on('end', () => {
      this.#hasEnded = true;
      this.#write();
    });
    to.on('drain', () => {
      this.#isBlocked = false;
      this.#write();
    });
  }

  /** @param {boolean} isHeld whether nothing passes */
  hold(isHeld) {
    this.#isHeld = isHeld;
    this.#write();
  }

  stop() {
    for (const queue of this.queues) queue.clear();
    this.#due = [];
  }

  /** @param {Piece} piece */
  #arrive({ bytes }) {
    this.#due.push(bytes);
    this.#write();
  }

  /** Writes what is due, and reads on unless too much is on its way. */
  #write() {
    while (!this.#isHeld && !this.#isBlocked && this.#due.length > 0) {
      const bytes = /** @type {Buffer} */ (this.#due.shift());
      this.bytes -= bytes.length;
      this.count(bytes.length);
      this.#isBlocked = !this.to.write(bytes);
    }
    if (this.#isHeld || this.bytes > MOST_WAITING) this.from.pause();
    else this.from.resume();
    if (this.#hasEnded && this.bytes === 0 && !this.to.writableEnded) this.to.end();
  }
}

/** @type {typeof import('./slow-line.d.ts').slowLine} */
export async function slowLine({ port, host = '127.0.0.1', latency = 0, bandwidth, shared, clock = CLOCK }) {
  const bytes = { up: 0, down: 0 };
  const own = { up: new Line(bandwidth), down: new Line(bandwidth) };
  const lines = { up: shared ? [own.up, shared.up] : [own.up], down: shared ? [shared.down, own.down] : [own.down] };
  /** @type {'silent' | 'broken' | undefined} */
  let isCut;
  /** @type {Set<() => void>} */
  const breaks = new Set();
  /** @type {Set<Direction>} */
  const directions = new Set();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (isCut === 'broken') {
      client.destroy();
      return;
    }
    const far = connect({ port, host, allowHalfOpen: true, noDelay: true });
    const pair = /** @type {const} */ (['up', 'down']).map((way) => {
      const [from, to] = way === 'up' ? [client, far] : [far, client];
      const count = (/** @type {number} */ more) => {
        bytes[way] += more;
      };
      return new Direction(from, to, { way, lines: lines[way], latency, clock, count });
    });
    const end = () => {
      for (const direction of pair) {
        direction.stop();
        directions.delete(direction);
      }
      for (const socket of [client, far]) socket.destroy();
      breaks.delete(end);
    };
    breaks.add(end);
    for (const direction of pair) {
      direction.hold(isCut === 'silent');
      directions.add(direction);
    }
    let open = 2;
    const closed = () => {
      if (--open === 0) end();
    };
    for (const socket of [client, far]) socket.on('error', end).on('close', closed);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port: address.port,
    bytes,
    waiting() {
      const sum = (/** @type {'up' | 'down'} */ way) =>
        [...directions].reduce((total, each) => total + (each.way === way ? each.bytes : 0), 0);
      return { up: sum('up'), down: sum('down') };
    },
    cut(how) {
      isCut = how;
      if (how === 'broken') for (const end of [...breaks]) end();
      else for (const direction of directions) direction.hold(true);
    },
    restore() {
      isCut = undefined;
      for (const direction of directions) direction.hold(false);
    },
    close() {
      for (const end of [...breaks]) end();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
