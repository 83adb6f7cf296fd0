import { ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { topicId } from './topic-id.js';

/**
 * Completes the pages of the reference: below its name each symbol says what it is, and how it is imported.
 *
 * @param {import('typedoc').Application} application
 */
export function dressPages(application) {
  application.renderer.on(MarkdownPageEvent.END, (page) => {
    const { model } = page;
    page.contents = shortened(page.contents ?? '');
    if (model.kindOf?.(ReflectionKind.Module)) page.contents = withAnchors(page.contents);
    if (!model.parent?.kindOf(ReflectionKind.Module)) return;
    const [kind, keyword] = KINDS.get(model.kind) ?? ['Symbol', 'import'];
    const statement = `${keyword} { ${model.name} } from '${model.parent.name}'`;
    const origin = `<div class="origin">\n\n${kind} · \`${statement}\`\n\n</div>`;
    page.contents = page.contents.replace(/^# .*\n/, (title) => `${title}\n${origin}\n`);
  });
}

const KINDS = new Map([
  [ReflectionKind.Class, ['Class', 'import']],
  [ReflectionKind.Function, ['Function', 'import']],
  [ReflectionKind.Variable, ['Constant', 'import']],
  [ReflectionKind.Interface, ['Interface', 'import type']],
  [ReflectionKind.TypeAlias, ['Type', 'import type']],
]);

/**
 * A parameter that is an object has a row for each of its fields: its own row need not repeat them.
 *
 * @param {string} contents
 */
function shortened(contents) {
  return contents.replace(/^\| `(\w+)(\??)` \| \\\{.*?\\\} \| (.*)\n(?=\| `\1\??\.)/gm, '| `$1$2` | `object` | $3\n');
}

/** @param {string} contents of the page of a package */
function withAnchors(contents) {
  return contents.replace(/^## (.+)$/gm, (heading, title) => `${heading} {#${topicId(title)}}`);
}
