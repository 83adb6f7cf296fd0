/** Something that is off, and what to do about it. */
export interface Finding {
  readonly problem: string;
  readonly advice: string;
}

/** What was looked at: a line for people, facts for programs. */
export interface Examination {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

/** Looks at something; that it cannot be looked at is a finding, too. */
export async function examine(look: () => Examination | Promise<Examination>): Promise<Examination> {
  try {
    return await look();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const advice = 'See what else is found: one cause may have several effects.';
    return { text: 'could not be looked at', facts: {}, findings: [{ problem, advice }] };
  }
}

/** "22.1 GB" */
export const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
