import type { Shape } from '@weft/core';
import type { CompileOptions } from '@weft/core/program';
import { type OnCompiled, runGuarded } from '../guard/run-guarded.js';
import { type MapSource, outputBlocks, reserveResults, tracingRows } from '../map-batches.js';
import type { Runtime } from '../runtime/runtime.js';
import { prepareBatches } from '../step/prepare-batches.js';
import { inSequence, SessionMemory } from '../step/session.js';
import { BatchStream } from './batch-stream.js';
import type { OpenedStream } from './open-stream.js';

/**
 * Computes something of all examples of a stream. The results are all kept, the examples are not.
 *
 * @returns an array for each result, row-major, with the shape of one
 */
export async function mapStream(
  source: Omit<MapSource, 'examples' | 'batchSize'>,
  { reader, ring }: OpenedStream,
  runtime: Runtime,
  id: string,
  options: CompileOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly shape: Shape; readonly values: Float32Array }[]> {
  const { examples, capacity } = ring;
  const { trace, shapes } = tracingRows({ ...source, examples, batchSize: capacity });
  const session = new SessionMemory(runtime, [examples], source.weights, source.seed);
  const order = session.order(examples.count);
  inSequence(order, 0);
  const rooms = reserveResults(runtime, shapes, capacity);
  const part = { name: 'map', trace, outputs: outputBlocks(rooms) };
  const compile = (batch: number) => prepareBatches(session, examples, order, [batch], [part], options, id);
  const { stages, programs, microBatch } = await compile(capacity);
  const once = { firstStep: 0, endStep: 0, isReported: false, finite: [] };
  const work = { session: id, stages, count: capacity, batchSize: capacity, ...once };
  let watch: OnCompiled = async () => {};
  const batches = new BatchStream({
    session,
    reader,
    ring,
    order,
    work,
    compile,
    onCompiled: (more) => watch(more, batches.guarded(undefined)),
  });
  const parts: Float32Array[][] = shapes.map(() => []);
  await batches.begin(0, 0);
  const run = async (onCompiled: OnCompiled) => {
    watch = onCompiled;
    for (const values of parts) values.length = 0;
    await batches.begin(0, 0);
    while (!batches.isOver) {
      signal?.throwIfAborted();
      const { half, count } = await batches.doStep();
      for (const [index, room] of rooms.entries()) parts[index].push(room.of(half, count).slice());
    }
  };
  await runGuarded(session, work, programs, microBatch, run, true);
  return shapes.map((shape, index) => ({ shape, values: joined(parts[index]) }));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}
