/**
 * What went wrong with the machines of a cluster, for a program to act on.
 *
 * - `unreachable`: no server answers at the address
 * - `refused`: the server refuses the credentials, or demands some
 * - `certificate`: a certificate is missing, wrong or not trusted
 * - `unfit`: the server lacks what is needed, such as JetStream
 * - `usage`: an option makes no sense
 * - `taken`: another process holds what this one wants
 * - `missing`: an object is not there
 * - `damaged`: bytes are not those that were announced
 * - `workers`: there are no workers that could compute
 * - `fenced`: another coordinator has taken over
 * - `different`: workers that must hold the same do not
 * - `lost`: messages or state are lost for good
 */
export type ClusterErrorCode =
  | 'unreachable'
  | 'refused'
  | 'certificate'
  | 'unfit'
  | 'usage'
  | 'taken'
  | 'missing'
  | 'damaged'
  | 'workers'
  | 'fenced'
  | 'different'
  | 'lost';

/** Something between machines is not as it should be. The message says what to do. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
