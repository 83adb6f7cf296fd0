import type { z } from 'zod';

/** Elements of an array that a message lists; a file may have any number. */
const LISTED = 20;

/** A problem of run.json: which key it is, what was expected and what was got. */
export function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const got = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    json,
  );
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
  return `${path || 'the whole file'}: ${expectation(issue, got)}`;
}

function expectation(issue: z.core.$ZodIssue, got: unknown): string {
  if (issue.code === 'custom') return issue.message;
  return `expected ${expected(issue)}, got ${shown(got)}`;
}

/** Types by the names that JSON has for them. */
const NAMES: Readonly<Record<string, string>> = { int: 'a whole number', record: 'object' };

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    case 'too_small':
      return `a number ${issue.inclusive ? '>=' : '>'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? '<=' : '<'} ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing (the key is missing)';
  const text = Array.isArray(value) ? `[${value.slice(0, LISTED).map(member).join()}]` : member(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Nothing of what lies in an object or deeper than in an array: a file may nest without end. */
function member(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isEmpty = Object.keys(value).length === 0;
  if (Array.isArray(value)) return isEmpty ? '[]' : '[...]';
  return isEmpty ? '{}' : '{...}';
}
