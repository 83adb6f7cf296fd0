import { dirname, relative, sep } from 'node:path';
import { Comment, CommentTag, Context, Converter, ReflectionKind } from 'typedoc';
import { shapeLayers } from './layers.js';

/**
 * A plugin of TypeDoc that shapes what it found as a reader of the reference thinks of it: modules are named as they are
 * imported, their members go by the folders of their sources, such as layers and losses, constants that are called are
 * functions, and layers have the options of their schemas.
 *
 * @param {readonly { name: string, source: string }[]} entryPoints
 * @returns {(application: import('typedoc').Application) => void}
 */
export function shape(entryPoints) {
  const nameOf = new Map(entryPoints.map(({ name, source }) => [source, name]));
  documentCallablesAsFunctions();
  return ({ converter }) => {
    converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
      const { project } = context;
      for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
        const source = fileOf(project, module);
        module.name = nameOf.get(source) ?? module.name;
        for (const member of module.children ?? []) {
          categorize(member, topicOf(relative(dirname(source), fileOf(project, member))));
        }
      }
      shapeLayers(context);
    });
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

function fileOf(project, reflection) {
  return project.getSymbolIdFromReflection(reflection)?.fileName ?? '';
}

/** The folder below an entry point in which a member's source lies, as a heading. */
function topicOf(path) {
  const [folder, ...rest] = path.split(sep);
  if (rest.length === 0 || folder === '..') return 'General';
  return folder[0].toUpperCase() + folder.slice(1).replaceAll('-', ' ');
}

/** Functions have their comments on their signatures. */
function categorize(member, topic) {
  const documented = member.signatures ?? [member];
  for (const reflection of documented) {
    reflection.comment ??= new Comment();
    reflection.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: topic }]));
  }
}
