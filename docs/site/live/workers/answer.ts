import type { Answer, Calls, Question } from '../shared/messages.js';

/** Lets the page call functions of this worker. */
export function answer<Functions extends Calls>(functions: Functions): void {
  self.addEventListener('message', async ({ data }: MessageEvent<Question>) => {
    const { number, name, input } = data;
    let reply: Answer;
    try {
      reply = { number, value: await functions[name](...input) };
    } catch (error) {
      reply = { number, error: error instanceof Error ? error.message : String(error) };
    }
    self.postMessage(reply);
  });
}
