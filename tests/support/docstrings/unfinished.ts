/** Public values that have no example yet, by package. A name that has one may not stay here. */
export const WITHOUT_EXAMPLE: Readonly<Record<string, readonly string[]>> = {};

/** Examples that need what they do not declare, by package and name. */
export const NOT_ALONE: readonly string[] = [];
