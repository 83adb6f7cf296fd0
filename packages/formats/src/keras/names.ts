/** `kernel_size` as `kernelSize`. */
export const camel = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** `kernelSize` as `kernel_size`. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The name that Keras gives to the weights of the first layer of a class, such as `max_pooling2d`.
 *
 * @see keras/src/utils/naming.py, to_snake_case
 */
export const classInSnakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Names in turn: the first of a name has it alone, the next ones are `name_1` and so on. */
export function numbered(): (name: string) => string {
  const counts = new Map<string, number>();
  return (name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
}
