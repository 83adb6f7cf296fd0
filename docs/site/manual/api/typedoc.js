import { join } from 'node:path';
import { Application } from 'typedoc';
import { root, staged } from '../paths.js';
import { entryPoints } from './entry-points.js';
import { shape } from './shape.js';

/**
 * Writes the API reference as Markdown, and what TypeDoc knows as JSON.
 *
 * @returns {Promise<{ project: import('typedoc').JSONOutput.ProjectReflection, navigation: object[] }>}
 * @throws {Error} if TypeDoc reports an error or a warning
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
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc could not read the packages.');
  await application.generateOutputs(project);
  if (application.logger.hasErrors() || application.logger.hasWarnings()) throw new Error('TypeDoc complains.');
  return application.serializer.projectToObject(project, root);
}

/** The project's own, newer TypeScript checks types; this one only reads them. */
const OPTIONS = {
  name: 'Weft',
  outputs: [{ name: 'markdown', path: join(staged, 'api') }],
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
