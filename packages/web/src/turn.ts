/**
 * Lets the thread do what else it has to do: draw, and take messages. It does not use a timer, since browsers slow those
 * of hidden tabs down to one a second.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
