/** What came of a question to the server. */
export type Answer<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** What was asked for is not there any more, or may not be seen. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** The server does not answer. */
  | { readonly kind: 'silent' };

async function ask<Value>(address: string): Promise<Answer<Value>> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(30_000) });
    if (response.ok) return { kind: 'value', value: (await response.json()) as Value };
    return { kind: 'refused', status: response.status, message: (await response.text()).trim() };
  } catch {
    return { kind: 'silent' };
  }
}

/**
 * Asks again and again while the page is seen.
 *
 * @param onAnswer returns after how many milliseconds to ask again
 */
export async function poll<Value>(address: string, onAnswer: (answer: Answer<Value>) => number): Promise<never> {
  for (;;) {
    const milliseconds = onAnswer(await ask<Value>(address));
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await seen();
  }
}

/** Ends when the page is seen. */
function seen(): Promise<void> {
  return new Promise((resolve) => {
    if (!document.hidden) return resolve();
    document.addEventListener('visibilitychange', function look() {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', look);
      resolve();
    });
  });
}
