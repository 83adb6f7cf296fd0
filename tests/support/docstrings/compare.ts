import { type ESTree, parseSync } from 'rolldown/utils';
import { Tensor } from '../../../packages/core/src/index.js';
import type { Check } from './recorder.js';

/** Float32 results are right to about seven digits. */
const ROUNDING = 1e-6;

/** A comment after what throws an error, such as `throws RangeError`. */
export const THROWS = /^throws [A-Z]\w+$/;

/** Whether a comment is a value to compare, and no prose. */
export const isValue = (text: string) =>
  /^(?:[[{'"]|-?\.?\d|-?Infinity\b|(?:true|false|null|undefined|NaN)\b)/.test(text);

/** Says what differs between a comment and the code before it; nothing if they agree, or the comment is prose. */
export function differenceOf({ said, value, printed, thrown }: Check): string | undefined {
  if (thrown !== undefined) return said === `throws ${thrown}` ? undefined : `says "${said}" but throws ${thrown}`;
  if (printed !== undefined) return printed === said ? undefined : `says "${said}" but prints "${printed}"`;
  if (!isValue(said)) return undefined;
  const expected = parsed(said) ?? parsed(said.split('; ')[0]);
  if (!expected) return `has the comment "${said}", which begins like a value and is none`;
  const given = plain(value);
  return agree(expected, given) ? undefined : `says ${said} but gives ${JSON.stringify(given)}`;
}

function parsed(text: string): ESTree.Expression | undefined {
  const { program, errors } = parseSync('comment.ts', `(${text})`);
  const [statement] = program.body;
  if (errors.length > 0 || program.body.length !== 1 || statement.type !== 'ExpressionStatement') return undefined;
  const { expression } = statement;
  const inner = expression.type === 'ParenthesizedExpression' ? expression.expression : expression;
  return isLiteral(inner) ? inner : undefined;
}

function isLiteral(node: unknown): boolean {
  const expression = node as ESTree.Expression;
  switch (expression?.type) {
    case 'Literal':
      return true;
    case 'TemplateLiteral':
      return expression.expressions.length === 0;
    case 'Identifier':
      return ['undefined', 'NaN', 'Infinity'].includes(expression.name);
    case 'UnaryExpression':
      return expression.operator === '-' && isLiteral(expression.argument);
    case 'BinaryExpression':
      return '+-*/'.includes(expression.operator) && isLiteral(expression.left) && isLiteral(expression.right);
    case 'ArrayExpression':
      return expression.elements.every(isLiteral);
    case 'ObjectExpression':
      return expression.properties.every((each) => each.type === 'Property' && isLiteral(each.value));
    default:
      return false;
  }
}

/** A value as nested arrays and objects: tensors and typed arrays as arrays. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor) return nested([...value.toArray()], value.shape);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return [...(value as Uint8Array)];
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && Symbol.iterator in value) return `${value}`;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function nested(values: number[], [length, ...others]: readonly number[]): unknown {
  if (length === undefined) return values[0];
  const size = values.length / length;
  return Array.from({ length }, (_, at) => nested(values.slice(at * size, (at + 1) * size), others));
}

function agree(expected: ESTree.Expression, given: unknown): boolean {
  if (expected.type === 'ArrayExpression') {
    const { elements } = expected;
    return Array.isArray(given) && given.length === elements.length &&
      elements.every((each, at) => agree(each as ESTree.Expression, given[at])); // biome-ignore format: one condition
  }
  if (expected.type === 'ObjectExpression') {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
    const pairs = expected.properties.flatMap((each) => (each.type === 'Property' ? [each] : []));
    const names = pairs.map(({ key }) =>
      key.type === 'Identifier' ? key.name : String((key as ESTree.StringLiteral).value),
    );
    const isSame = names.toSorted().join('\n') === Object.keys(given).toSorted().join('\n');
    return isSame && pairs.every(({ value }, at) => agree(value, (given as Record<string, unknown>)[names[at]]));
  }
  const value = literalOf(expected);
  if (typeof value !== 'number' || typeof given !== 'number') return value === given;
  if (Object.is(value, given) || value === given) return true;
  return Math.abs(value - given) <= lastPlace(expected) / 2 + ROUNDING * Math.abs(value);
}

function literalOf(node: ESTree.Expression): unknown {
  switch (node.type) {
    case 'Literal':
      return node.value;
    case 'TemplateLiteral':
      return node.quasis[0].value.cooked;
    case 'Identifier':
      return { undefined, NaN, Infinity }[node.name];
    case 'UnaryExpression':
      return -(literalOf(node.argument) as number);
    case 'BinaryExpression': {
      const [left, right] = [node.left, node.right].map((side) => literalOf(side as ESTree.Expression) as number);
      return { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[node.operator as '+'];
    }
    default:
      throw new Error(`${node.type} is no value.`);
  }
}

/** How much the last digit of a number counts as it is written; 0 for a whole number and for a calculation. */
function lastPlace(node: ESTree.Expression): number {
  if (node.type === 'UnaryExpression') return lastPlace(node.argument);
  const [, decimals, exponent = '0'] =
    /^\d*\.(\d+)(?:e(-?\d+))?$/.exec(node.type === 'Literal' ? `${node.raw}` : '') ?? [];
  return decimals === undefined ? 0 : 10 ** (Number(exponent) - decimals.length);
}
