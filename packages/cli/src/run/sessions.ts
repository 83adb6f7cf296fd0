import { RUN_FILES, type RunDirectory } from './directory.js';
import type { PhaseSeconds, Stopwatch } from './phases.js';
import { readRunFile } from './run-file.js';

/** One process's share of a run: a run that was resumed has several. */
export interface Session {
  /** ISO 8601. */
  readonly startedAt: string;
  /** What it has spent, as it noted last: a process that is killed cannot note its end. */
  readonly seconds: PhaseSeconds;
}

/** Keeps the times of all sessions of a run in its folder. */
export class SessionLog {
  private constructor(
    private readonly directory: RunDirectory,
    private readonly earlier: readonly Session[],
    private readonly startedAt: Date,
    private readonly stopwatch: Stopwatch,
  ) {}

  /** Begins a session of the run in a folder. */
  static async begin(directory: RunDirectory, startedAt: Date, stopwatch: Stopwatch): Promise<SessionLog> {
    const log = new SessionLog(directory, await readSessions(directory), startedAt, stopwatch);
    await log.note();
    return log;
  }

  /** All sessions in their order, this one last. */
  get sessions(): readonly Session[] {
    return [...this.earlier, { startedAt: this.startedAt.toISOString(), seconds: this.stopwatch.seconds }];
  }

  /** Writes down what was spent so far. */
  async note(): Promise<void> {
    await this.directory.write(RUN_FILES.sessions, `${JSON.stringify(this.sessions, null, 2)}\n`);
  }
}

/** What sessions have spent together, phase by phase. */
export function totalSeconds(sessions: readonly Session[]): PhaseSeconds {
  const sum = (phase: string) => sessions.reduce((total, { seconds }) => total + (seconds[phase] ?? 0), 0);
  const phases = new Set(sessions.flatMap(({ seconds }) => Object.keys(seconds)).filter((phase) => phase !== 'total'));
  return { ...Object.fromEntries([...phases].map((phase) => [phase, sum(phase)])), total: sum('total') };
}

/** Times are no more than that: without them, or with some that make no sense, a run can be resumed all the same. */
async function readSessions(directory: RunDirectory): Promise<readonly Session[]> {
  const text = await readRunFile(directory.path, RUN_FILES.sessions).catch(() => '[]');
  try {
    const sessions: unknown = JSON.parse(text);
    return Array.isArray(sessions) ? sessions.filter(isSession) : [];
  } catch {
    return [];
  }
}

function isSession(value: unknown): value is Session {
  const { startedAt, seconds } = (value ?? {}) as Record<string, unknown>;
  if (typeof startedAt !== 'string' || Number.isNaN(Date.parse(startedAt))) return false;
  if (typeof seconds !== 'object' || seconds === null || !('total' in seconds)) return false;
  return Object.values(seconds).every((spent) => typeof spent === 'number' && spent >= 0);
}
