import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where TypeDoc puts the page of a symbol, by the number of its kind. */
const FOLDERS = new Map([
  [8, 'enumerations'],
  [32, 'variables'],
  [64, 'functions'],
  [128, 'classes'],
  [256, 'interfaces'],
  [2_097_152, 'type-aliases'],
]);
const VALUES = [32, 64, 128];

/**
 * @typedef {{ module: string, name: string }} PublicName
 * @typedef {{ blockTags?: { tag: string }[] }} Docstring
 * @typedef {object} Declaration as TypeDoc writes it
 * @property {number} id
 * @property {number} kind
 * @property {string} name
 * @property {Docstring} [comment]
 * @property {{ comment?: Docstring }[]} [signatures]
 * @property {{ type: string, name?: string, target?: unknown }[]} [extendedTypes]
 * @property {Declaration[]} [children]
 */

/**
 * What is missing from the reference.
 *
 * @param {readonly PublicName[]} names what users can import
 * @param {{ children?: Declaration[] }} project what TypeDoc knows
 * @param {string} folder where its pages are
 * @returns {string[]} a sentence for each symbol without a page, and for each value without an example
 */
export function missingIn(names, project, folder) {
  const modules = project.children ?? [];
  const declared = modules.flatMap((module) =>
    (module.children ?? []).map((declaration) => ({ module: module.name, declaration })),
  );
  const withPage = declared.filter(({ module, declaration }) => {
    const path = `${module.replace('@weft/', '')}/${FOLDERS.get(declaration.kind)}/${declaration.name}.md`;
    return existsSync(join(folder, path));
  });
  const known = new Set(withPage.map(({ declaration }) => declaration.name));
  const classes = new Map(declared.map(({ declaration }) => [declaration.id, declaration]));
  return [
    ...names
      .filter(({ name }) => !known.has(name))
      .map(({ module, name }) => `${name} of ${module} has no page. Is its docstring marked, or its source excluded?`),
    ...declared
      .filter(({ declaration }) => VALUES.includes(declaration.kind) && !isError(declaration, classes))
      .filter(({ declaration }) => !hasExample(declaration))
      .map(({ module, declaration }) => `${declaration.name} of ${module} has no @example.`),
  ];
}

/** @param {Declaration} declaration */
function hasExample({ comment, signatures = [] }) {
  const comments = [comment, ...signatures.map((signature) => signature.comment)];
  return comments.some((each) => each?.blockTags?.some(({ tag }) => tag === '@example'));
}

/**
 * Errors are caught, not made: they need no example.
 *
 * @param {Declaration} declaration
 * @param {ReadonlyMap<number, Declaration>} classes by their numbers
 * @returns {boolean}
 */
function isError({ extendedTypes = [] }, classes) {
  return extendedTypes.some((type) => {
    const base = typeof type.target === 'number' ? classes.get(type.target) : undefined;
    return base ? isError(base, classes) : type.name?.endsWith('Error') === true;
  });
}
