import { join } from 'node:path';
import { Application, Converter, LogLevel } from 'typedoc';
import { root, staged } from '../paths.js';
import { entryPoints } from './entry-points.js';
import { publicNames } from './public-names.js';
import { shape } from './shape.js';
import { missingIn } from './symbols.js';

/**
 * Writes the API reference as Markdown.
 *
 * @returns {Promise<string[]>} a sentence for each public symbol without a page, and each public value without an example
 * @throws {Error} if TypeDoc complains
 */
export async function writeReference() {
  const points = entryPoints(root);
  const application = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    entryPoints: points.map(({ source }) => source),
    tsconfig: join(import.meta.dirname, '..', 'tsconfig.json'),
    basePath: root,
    plugin: ['typedoc-plugin-markdown', shape(points)],
  });
  /** @type {import('./symbols.js').PublicName[]} */
  let names = [];
  application.converter.on(Converter.EVENT_BEGIN, ({ programs }) => {
    names = publicNames(programs[0], points);
  });
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the packages.');
  await application.generateOutputs(project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) throw new Error('TypeDoc complains.');
  return missingIn(names, application.serializer.projectToObject(project, root), REFERENCE);
}

/** Where the reference goes. */
const REFERENCE = join(staged, 'api');

/** The project's own, newer TypeScript checks types; this one only reads them. */
const OPTIONS = {
  name: 'Weft',
  logLevel: LogLevel.Warn,
  outputs: [{ name: 'markdown', path: REFERENCE }],
  readme: 'none',
  skipErrorChecking: true,
  excludeInternal: true,
  excludeExternals: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeReferences: true,
  sortEntryPoints: false,
  disableSources: true,
  router: 'member',
  navigation: { includeCategories: true, includeGroups: false, includeFolders: false },
  navigationJson: join(staged, 'navigation.json'),
  categoryOrder: ['General', '*'],
  validation: { invalidLink: true, notExported: false, notDocumented: false },
  entryFileName: 'index',
  excludeScopesInPaths: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  expandObjects: false,
  expandParameters: false,
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideSources: true, hideInherited: true, hideOverrides: true, hideModifiers: true },
  pageTitleTemplates: { index: 'API', module: '{name}', member: '{name}' },
};
