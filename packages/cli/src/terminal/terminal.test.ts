import { PassThrough } from 'node:stream';
import { WriteStream } from 'node:tty';
import { describe, expect, test } from 'vitest';
import { downloadReporter, TrainingProgress } from './progress.js';
import { Terminal } from './terminal.js';

/** A stream that takes itself for a terminal of 80 columns and decides on colours as Node's do. */
function stream(isTTY: boolean): WriteStream & { text: () => string } {
  const sink = new PassThrough();
  const { hasColors, getColorDepth } = WriteStream.prototype;
  let text = '';
  sink.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const all = () => `${text}${sink.read() ?? ''}`;
  return Object.assign(sink, { isTTY, columns: 80, hasColors, getColorDepth, text: all }) as never;
}

function terminal(options: { quiet?: boolean; isTTY?: boolean; environment?: NodeJS.ProcessEnv } = {}) {
  const { quiet = false, isTTY = true, environment = {} } = options;
  const [stdout, stderr] = [stream(isTTY), stream(isTTY)];
  const written = new Terminal(quiet, stdout, stderr, { TERM: 'xterm-256color', ...environment });
  return { terminal: written, stdout, stderr };
}

const COLOUR = '\x1b[3';

describe('Terminal', () => {
  test('keeps results and messages apart', () => {
    const { terminal: t, stdout, stderr } = terminal();
    t.result('result');
    t.message('message');
    expect(stdout.text()).toBe('result\n');
    expect(stderr.text()).toBe('message\n');
  });

  test('writes out what would move the cursor, set colours or turn the direction of writing', () => {
    const hostile = 'a\x1b[2J\x9b31m\r\x00\x7f\u202eb\n\tc';
    const shown = 'a\\u001b[2J\\u009b31m\\u000d\\u0000\\u007f\\u202eb\n\tc';
    const { terminal: t, stdout, stderr } = terminal({ isTTY: false });
    t.result(hostile);
    t.message(hostile);
    t.warning(hostile);
    t.error(hostile);
    expect(stdout.text()).toBe(`${shown}\n`);
    expect(stderr.text()).toBe(`${shown}\n`.repeat(3));
    const json = terminal({ quiet: true });
    json.terminal.print(JSON.stringify({ name: hostile }));
    expect(JSON.parse(json.stdout.text())).toEqual({ name: hostile });
  });

  test('colours warnings and errors on a terminal, unless NO_COLOR is set or it is none', () => {
    const coloured = terminal();
    coloured.terminal.error('wrong');
    expect(coloured.stderr.text()).toContain(COLOUR);
    for (const plain of [terminal({ environment: { NO_COLOR: '1' } }), terminal({ isTTY: false })]) {
      plain.terminal.error('wrong');
      plain.terminal.warning('odd');
      expect(plain.stderr.text()).toBe('wrong\nodd\n');
    }
  });

  test('quiet lets errors through, and JSON that was asked for', () => {
    const { terminal: t, stdout, stderr } = terminal({ quiet: true });
    t.result('result');
    t.message('message');
    t.warning('odd');
    t.show('line');
    expect(stdout.text() + stderr.text()).toBe('');
    t.print('{}');
    t.error('wrong');
    expect(stdout.text()).toBe('{}\n');
    expect(stderr.text()).toContain('wrong');
  });

  test('removes the line that is drawn anew before it writes another', () => {
    const { terminal: t, stderr } = terminal({ environment: { NO_COLOR: '1' } });
    t.show('bar');
    t.message('message');
    t.show(undefined);
    expect(stderr.text()).toBe('\r\x1b[Kbar\r\x1b[Kmessage\n');
  });

  test('draws no line where none can be drawn anew', () => {
    for (const dull of [terminal({ isTTY: false }), terminal({ environment: { TERM: 'dumb' } })]) {
      dull.terminal.show('bar');
      expect(dull.stderr.text()).toBe('');
    }
  });
});

describe('TrainingProgress', () => {
  const past = { history: { loss: [] }, seconds: [], examplesPerSecond: [] };
  const counts = { epochs: 2, steps: 4, trainCount: 100, validationCount: 20, threads: 1 };
  const info = { ...counts, initialEpoch: 0, initialStep: 0, past, logNames: ['loss', 'val_loss'] };
  const batch = { loss: 0.5, batchLoss: 0.5, epoch: 0, batches: 4, examples: 50, examplesInEpoch: 100 };
  const epoch = { loss: 0.25, val_loss: 0.125, seconds: 1.5, examplesPerSecond: 1234 };

  function train(progress: TrainingProgress) {
    progress.onTrainBegin({ ...info, model: undefined as never, store: undefined as never });
    progress.onEpochBegin();
    progress.onBatchEnd(1, batch);
    progress.onEpochEnd(0, epoch);
    progress.onTrainEnd();
  }

  test('shows a bar with loss, speed and time left on a terminal, and a line an epoch', () => {
    const { terminal: t, stderr } = terminal({ environment: { NO_COLOR: '1' } });
    train(new TrainingProgress('CAE', t));
    const text = stderr.text();
    expect(text).toMatch(/CAE 1\/2 {2}█+░+ {2}loss 0\.5000 {2}.* images\/s {2}ETA /);
    expect(text).toMatch(/CAE 1\/2 {2}loss 0\.2500 {2}val_loss 0\.1250 {2}1\.5 s {2}1,234 images\/s\n/);
  });

  test('shows a line an epoch elsewhere', () => {
    const { terminal: t, stderr } = terminal({ isTTY: false });
    train(new TrainingProgress('CAE', t));
    expect(stderr.text().trimEnd().split('\n')).toEqual([
      'CAE: 100 images to train on, 20 held out; 2 epochs of 4 steps on 1 thread',
      'CAE 1/2  loss 0.2500  val_loss 0.1250  1.5 s  1,234 images/s',
    ]);
  });

  test("does not tell of this machine's threads where a cluster trains", () => {
    const { terminal: t, stderr } = terminal({ isTTY: false });
    train(new TrainingProgress('CAE', t, true));
    expect(stderr.text()).toContain('2 epochs of 4 steps on a cluster\n');
  });
});

describe('a download', () => {
  function fetchTwo(report: ReturnType<typeof downloadReporter>) {
    for (const file of ['a.gz', 'b.gz']) {
      for (const received of [0, 500, 1000]) {
        report({ file, mirror: 'https://example.org/', received, total: 1000 });
      }
    }
  }

  test('shows a bar on a terminal', () => {
    const { terminal: t, stderr } = terminal({ environment: { NO_COLOR: '1' } });
    fetchTwo(downloadReporter(t));
    expect(stderr.text()).toMatch(/Fetching a\.gz {2}░+ {2}0 of 1 kB {2}example\.org/);
    expect(stderr.text()).toMatch(/Fetching b\.gz {2}█+ {2}1 of 1 kB {2}example\.org$/);
    expect(stderr.text()).not.toContain('\n');
  });

  test('shows a line a file elsewhere, and nothing if quiet', () => {
    const { terminal: t, stderr } = terminal({ isTTY: false });
    fetchTwo(downloadReporter(t));
    expect(stderr.text()).toBe('Fetching a.gz, 1 kB\nFetching b.gz, 1 kB\n');
    const quiet = terminal({ isTTY: false, quiet: true });
    fetchTwo(downloadReporter(quiet.terminal));
    expect(quiet.stderr.text()).toBe('');
  });
});
