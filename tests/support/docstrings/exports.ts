import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ESTree, type ParseResult, parseSync } from 'rolldown/utils';
import { packageNames, packagesFolder } from '../packages.js';

/** A source file with its syntax and its comments. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly body: readonly ESTree.Program['body'][number][];
  readonly comments: ParseResult['comments'];
}

/** What a public name stands for. */
export interface Exported {
  /** The folder in `packages` of the package that declares it. */
  readonly packageName: string;
  readonly name: string;
  readonly isType: boolean;
  /** The file that declares it, and what stands before the declaration, without comment signs. */
  readonly path: string;
  readonly docstring: string;
}

/** What `import` finds at an entry point of a package. */
export interface Entry {
  readonly packageName: string;
  /** What users import, such as `@weft/core/program`. */
  readonly specifier: string;
  readonly path: string;
}

const sources = new Map<string, Source>();

/** A file's syntax. @throws Error if it cannot be parsed */
export function sourceAt(path: string): Source {
  const known = sources.get(path);
  if (known) return known;
  const text = readFileSync(path, 'utf8');
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const source = { path, text, body: program.body, comments };
  sources.set(path, source);
  return source;
}

/** Every entry point that a package's `exports` name, but its package.json. */
export const entries: readonly Entry[] = packageNames.flatMap((packageName) => {
  const folder = join(packagesFolder, packageName);
  const { name, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries(exports as Record<string, string | Record<string, string>>).flatMap(([subpath, target]) => {
    if (typeof target === 'string' || !target['weft-source']) return [];
    const path = join(folder, target['weft-source']);
    return existsSync(path) ? [{ packageName, specifier: `${name}${subpath.slice(1)}`, path }] : [];
  });
});

/** All that a file exports, by name; what it passes on from another package's entry point, too. */
export function exportsOf(path: string, packageName: string): Map<string, Exported> {
  const source = sourceAt(path);
  const found = new Map<string, Exported>();
  const follow = (specifier: string) => {
    const entry = entries.find((each) => each.specifier === specifier);
    if (entry) return exportsOf(entry.path, entry.packageName);
    if (!specifier.startsWith('.')) throw new Error(`${path} passes on ${specifier}, which is no package of ours.`);
    return exportsOf(join(dirname(path), specifier.replace(/\.js$/, '.ts')), packageName);
  };
  const stars: Map<string, Exported>[] = [];
  for (const statement of source.body) {
    if (statement.type === 'ExportAllDeclaration') {
      if (statement.exported) throw new Error(`${path}: export * as a name is not followed.`);
      stars.push(follow(statement.source.value));
    } else if (statement.type === 'ExportNamedDeclaration') {
      for (const one of named(source, packageName, statement, follow)) found.set(one.name, one);
    } else if (statement.type === 'ExportDefaultDeclaration') {
      throw new Error(`${path}: a default export is not followed.`);
    }
  }
  // A file's own names come before those that `export *` passes on.
  for (const [name, one] of stars.flatMap((star) => [...star])) if (!found.has(name)) found.set(name, one);
  return found;
}

/** What one `export` names. */
function named(
  source: Source,
  packageName: string,
  statement: ESTree.ExportNamedDeclaration,
  follow: (specifier: string) => Map<string, Exported>,
): Exported[] {
  const { declaration } = statement;
  if (declaration) return declared(source, packageName, statement.start, declaration);
  return statement.specifiers.map(({ local, exported, exportKind }) => {
    if (local.type !== 'Identifier' || exported.type !== 'Identifier')
      throw new Error(`${source.path}: a quoted name.`);
    const one = statement.source
      ? follow(statement.source.value).get(local.name)
      : localName(source, packageName, local.name);
    if (!one) throw new Error(`${source.path}: where ${local.name} is declared was not found.`);
    return {
      ...one,
      name: exported.name,
      isType: one.isType || exportKind === 'type' || statement.exportKind === 'type',
    };
  });
}

function localName(source: Source, packageName: string, name: string): Exported | undefined {
  return source.body
    .flatMap((statement) => declared(source, packageName, statement.start, statement))
    .find((one) => one.name === name);
}

type Node = ESTree.Program['body'][number] | ESTree.Declaration;

function declared(source: Source, packageName: string, start: number, node: Node): Exported[] {
  const one = (name: string, isType = false): Exported => {
    return { packageName, name, isType, path: source.path, docstring: docstringBefore(source, start) };
  };
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
      return node.id ? [one(node.id.name)] : [];
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [one(node.id.name, true)];
    case 'VariableDeclaration':
      return node.declarations.map(({ id }) => {
        if (id.type !== 'Identifier') throw new Error(`${source.path}: names of a pattern are not followed.`);
        return one(id.name);
      });
    default:
      return [];
  }
}

/** The text of the docstring that ends where a declaration begins; empty if there is none. */
function docstringBefore({ text, comments }: Source, start: number): string {
  let begin = start;
  for (const comment of comments.toReversed()) {
    if (comment.end > begin) continue;
    if (text.slice(comment.end, begin).trim() !== '') return '';
    if (comment.type === 'Block') return comment.value.startsWith('*') ? textOf(comment.value) : '';
    begin = comment.start;
  }
  return '';
}

/** What a docstring says, without the stars. */
export const textOf = (comment: string) =>
  comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? line.trim() : line.replace(/^\s*\*? ?/, '').trimEnd()))
    .join('\n');
