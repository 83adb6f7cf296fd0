import { join } from 'node:path';
import { type ESTree, type ParseResult, parseSync } from 'rolldown/utils';
import { filesBelow, packageNames, packagesFolder } from '../packages.js';
import { THROWS } from './compare.js';
import { type Entry, type Exported, entries, exportsOf, sourceAt, textOf } from './exports.js';

/** A block after `@example` in a docstring. */
export interface Example {
  readonly packageName: string;
  /** Where its first line is, such as `core/src/operations/matmul.ts:197`. */
  readonly place: string;
  /** The name that the docstring is about, such as `matmul`. */
  readonly name: string;
  readonly code: string;
}

/** All examples of all packages, in the order of their files. */
export function allExamples(): Example[] {
  return packageNames.flatMap((packageName) =>
    filesBelow(join(packagesFolder, packageName, 'src'))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => examplesIn(packageName, join(packagesFolder, packageName, 'src', file))),
  );
}

function examplesIn(packageName: string, path: string): Example[] {
  const { text, comments } = sourceAt(path);
  return comments.flatMap(({ type, value, start, end }) => {
    if (!value.includes('@example')) return [];
    const firstLine = text.slice(0, start).split('\n').length;
    const place = (line: number) => `${path.slice(packagesFolder.length + 1)}:${firstLine + line}`;
    if (type !== 'Block' || !value.startsWith('*')) throw new Error(`${place(0)}: @example outside of a docstring.`);
    return blocksOf(textOf(value), place).map(({ line, code }) => {
      return { packageName, place: place(line), name: nameAfter(text.slice(end)), code };
    });
  });
}

/** The name in the declaration with which a text begins. */
function nameAfter(text: string): string {
  const declaration = text.replace(/^(?:\s*\/\/.*\n)*\s*/, '').slice(0, 200);
  const keywords = /^(?:(?:export|declare|abstract|async|static|override|readonly|get|public|protected)\s+)*/;
  const rest = declaration.replace(keywords, '');
  return /^(?:(?:const|function\*?|class|interface|type)\s+)?(\w+)/.exec(rest)?.[1] ?? '';
}

/** The blocks of a docstring's text, each up to the next tag, without a fence around it. */
export function blocksOf(
  docstring: string,
  place = (line: number) => `line ${line}`,
): { line: number; code: string }[] {
  const lines = docstring.split('\n');
  const blocks = lines.flatMap((line, index) => (/^@example\b/.test(line) ? [index] : []));
  if (blocks.length !== docstring.split('@example').length - 1) {
    throw new Error(`${place(0)}: @example must begin a line.`);
  }
  return blocks.map((begin) => {
    if (lines[begin] !== '@example') throw new Error(`${place(begin)}: the example must begin on the next line.`);
    const end = lines.findIndex((line, index) => index > begin && /^@\w/.test(line));
    const block = lines.slice(begin + 1, end < 0 ? lines.length : end);
    const code = block
      .filter((line) => !line.startsWith('```'))
      .join('\n')
      .trim();
    if (code === '') throw new Error(`${place(begin)}: the example is empty.`);
    return { line: begin + 1, code };
  });
}

/** The names that a package's programs find without an import in an example, and what they are. */
const byEntry = new Map<Entry, Map<string, Exported>>(
  entries.map((entry) => [entry, exportsOf(entry.path, entry.packageName)]),
);

/** All public names of a package's own, each once, though several entry points may have it. */
export function publicNames(packageName: string): Exported[] {
  const own = entries.filter((entry) => entry.packageName === packageName);
  const all = own.flatMap((entry) => [...byEntry.get(entry)!.values()]);
  const named = new Map(all.filter((one) => one.packageName === packageName).map((one) => [one.name, one]));
  return [...named.values()];
}

/**
 * Where an example gets a name from: from its own package; else, as programs on Node do, from `@weft/pool`; else from the
 * first of the others that has it. Examples of `@weft/train` take `fit` and the like from `@weft/pool` too, unless
 * they are about them.
 */
function entryWith(name: string, { packageName, name: described }: Example): [Entry, Exported] | undefined {
  const rank = (entry: Entry) => {
    if (entry.packageName === packageName) return name === described || packageName !== 'train' ? 0 : 2;
    return entry.packageName === 'pool' ? 1 : 3;
  };
  return entries
    .filter((entry) => entry.packageName !== 'web' || packageName === 'web')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((entry) => [entry, byEntry.get(entry)!.get(name)] as const)
    .find((found): found is [Entry, Exported] => found[1] !== undefined);
}

/** A check that an example makes by a comment at a statement's end. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * An example as a module: with the imports that it implies, and calls of `check` for what its comments say.
 *
 * @param recorder the module that exports `recorderOf`, as imports name it
 * @throws Error if it is no TypeScript, or a comment begins like a value but is none
 */
export function moduleOf(example: Example, recorder: string): string {
  const { place, code } = example;
  const { program, comments, errors } = parseSync('example.ts', code);
  if (errors.length > 0) throw new Error(`${place} (${example.name}): ${errors[0].message}`);
  const { used, bound } = identifiersOf(program);
  const imports = [...used].flatMap((name) => {
    const found = bound.has(name) ? undefined : entryWith(name, example);
    if (!found) return [];
    const [entry, { isType }] = found;
    return [`import ${isType ? 'type ' : ''}{ ${name} } from ${JSON.stringify(entry.path.replace(/\.ts$/, '.js'))};`];
  });
  const insertions = program.body.flatMap((statement) => checksOf(statement, code, comments));
  let checked = code;
  for (const { at, text } of insertions.toSorted((a, b) => b.at - a.at)) {
    checked = checked.slice(0, at) + text + checked.slice(at);
  }
  const head = `import { recorderOf } from ${JSON.stringify(recorder)};`;
  const tools = `const { check, printed, thrown, console } = recorderOf(${JSON.stringify(place)});`;
  return `${[...imports, head, tools].join(' ')} void [check, printed, thrown, console];\n${checked}\nexport {};\n`;
}

function checksOf(
  statement: ESTree.Program['body'][number],
  code: string,
  comments: ParseResult['comments'],
): Insertion[] {
  const comment = comments.find(({ type, start }) => {
    return type === 'Line' && start >= statement.end && /^[ \t]*$/.test(code.slice(statement.end, start));
  });
  if (!comment) return [];
  const said = JSON.stringify(comment.value.trim());
  if (statement.type === 'ExpressionStatement') {
    const { start, end } = statement.expression;
    if (THROWS.test(comment.value.trim())) {
      return [
        { at: start, text: 'await thrown(async () => (' },
        { at: end, text: `), ${said})` },
      ];
    }
    if (/^console\.log\(/.test(code.slice(start))) return [{ at: statement.end, text: ` printed(${said});` }];
    return [
      { at: start, text: 'check((' },
      { at: end, text: `), ${said})` },
    ];
  }
  if (statement.type !== 'VariableDeclaration') return [];
  const { id } = statement.declarations.at(-1)!;
  return id.type === 'Identifier' ? [{ at: statement.end, text: ` check(${id.name}, ${said});` }] : [];
}

/** Names that a program uses, but those of members and keys; and those that it binds itself. */
function identifiersOf(program: ESTree.Program): { used: Set<string>; bound: Set<string> } {
  const [used, bound] = [new Set<string>(), new Set<string>()];
  const visit = (value: unknown, isBinding: boolean): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, isBinding);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as unknown as Readonly<Record<string, unknown>> & { type: string };
    if (node.type === 'Identifier') (isBinding ? bound : used).add(node.name as string);
    for (const [key, child] of Object.entries(node)) {
      const isKey = (key === 'property' || key === 'key') && node.computed === false && node.shorthand !== true;
      if (isKey) continue;
      const binds = BINDING[node.type]?.includes(key) ?? false;
      const stays = isBinding && key !== 'typeAnnotation' && !(node.type === 'AssignmentPattern' && key === 'right');
      visit(child, binds || stays);
    }
  };
  visit(program.body, false);
  return { used, bound };
}

const BINDING: Readonly<Record<string, readonly string[]>> = {
  VariableDeclarator: ['id'],
  FunctionDeclaration: ['id', 'params'],
  FunctionExpression: ['id', 'params'],
  ArrowFunctionExpression: ['params'],
  ClassDeclaration: ['id'],
  CatchClause: ['param'],
  ImportSpecifier: ['local'],
  ImportDefaultSpecifier: ['local'],
  ImportNamespaceSpecifier: ['local'],
};
