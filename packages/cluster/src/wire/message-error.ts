/** A message that another machine has sent is not as it should be: it is dropped and counted. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}
