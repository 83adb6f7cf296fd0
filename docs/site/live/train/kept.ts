const PLACE = 'weft-live-train';

/** A training that has begun and is not finished: what is needed to go on with it. */
export interface KeptTraining {
  readonly id: string;
  /** The settings as the address has them. */
  readonly text: string;
}

/** The training that the last visit has left, if there is one. */
export function keptTraining(): KeptTraining | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PLACE) ?? 'null');
    const { id, text } = (value ?? {}) as Partial<KeptTraining>;
    return typeof id === 'string' && /^[\w-]+$/.test(id) && typeof text === 'string' ? { id, text } : undefined;
  } catch {
    return undefined;
  }
}

export function keep(training: KeptTraining | undefined): void {
  try {
    if (training) localStorage.setItem(PLACE, JSON.stringify(training));
    else localStorage.removeItem(PLACE);
  } catch {
    // Where the browser keeps nothing for the page, a later visit begins anew.
  }
}
