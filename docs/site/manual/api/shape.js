import { dirname, relative, sep } from 'node:path';
import { Comment, CommentTag, Context, Converter, ParameterReflection, ReflectionFlag, ReflectionKind } from 'typedoc';
import { shapeLayers } from './layers.js';
import { dressPages } from './pages.js';
import { shapeMethods } from './tensor-methods.js';

/**
 * A plugin of TypeDoc that shapes what it found as a reader of the reference thinks of it: modules are named as they are
 * imported, their members go by the folders of their sources, such as layers and losses, constants that are called are
 * functions, and layers have the options of their schemas.
 *
 * @param {readonly import("./entry-points.js").EntryPoint[]} entryPoints
 * @returns {(application: import('typedoc').Application) => void}
 */
export function shape(entryPoints) {
  const nameOf = new Map(entryPoints.map(({ name, source }) => [source, name]));
  documentCallablesAsFunctions();
  return (application) => {
    application.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
      const { project } = context;
      for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
        const source = fileOf(project, module);
        module.name = nameOf.get(source) ?? module.name;
        for (const member of module.children ?? []) {
          categorize(member, topicOf(relative(dirname(source), fileOf(project, member))));
          for (const signature of member.signatures ?? []) nameOperands(signature);
        }
      }
      shapeLayers(context);
      shapeMethods(project);
    });
    dressPages(application);
  };
}

/** `export const relu: Unary` is a function to those who call it. TypeDoc has a tag for that, which this sets. */
function documentCallablesAsFunctions() {
  const { getComment } = Context.prototype;
  Context.prototype.getComment = function (symbol, kind) {
    const comment = getComment.call(this, symbol, kind);
    if (kind !== ReflectionKind.Variable || !symbol.valueDeclaration) return comment;
    const type = this.checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration);
    if (type.getCallSignatures().length === 0) return comment;
    const marked = comment ?? new Comment();
    marked.modifierTags.add('@function');
    return marked;
  };
}

/** Shows `(...operands: [x: TensorLike, y: TensorLike])` as the two parameters that it is. */
function nameOperands(signature) {
  const [rest, ...others] = signature.parameters ?? [];
  if (!rest?.flags.isRest || others.length > 0 || rest.type?.type !== 'tuple') return;
  if (!rest.type.elements.every(({ type }) => type === 'namedTupleMember')) return;
  signature.parameters = rest.type.elements.map(({ name, element, isOptional }) => {
    const parameter = new ParameterReflection(name, ReflectionKind.Parameter, signature);
    parameter.type = element;
    parameter.setFlag(ReflectionFlag.Optional, isOptional);
    return parameter;
  });
}

/**
 * @param {import('typedoc').ProjectReflection} project
 * @param {import('typedoc').Reflection} reflection
 */
function fileOf(project, reflection) {
  return project.getSymbolIdFromReflection(reflection)?.fileName ?? '';
}

/**
 * The folder below an entry point in which a member's source lies, as a heading.
 *
 * @param {string} path of the source, from the entry point
 */
function topicOf(path) {
  const [folder, ...rest] = path.split(sep);
  if (rest.length === 0 || folder === '..') return 'General';
  return folder[0].toUpperCase() + folder.slice(1).replaceAll('-', ' ');
}

/**
 * Functions have their comments on their signatures.
 *
 * @param {import('typedoc').DeclarationReflection} member
 * @param {string} topic
 */
function categorize(member, topic) {
  const documented = member.signatures ?? [member];
  for (const reflection of documented) {
    reflection.comment ??= new Comment();
    reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: topic }]));
  }
}
