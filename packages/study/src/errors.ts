/** A study's definition or what its folder holds is not as it should be. The message says what to do. */
export class StudyError extends Error {
  override readonly name = 'StudyError';
}
