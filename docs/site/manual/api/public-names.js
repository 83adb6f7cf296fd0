import ts from 'typescript';

/**
 * The names that entry points export, as the compiler sees them.
 *
 * @param {ts.Program} program
 * @param {readonly import("./entry-points.js").EntryPoint[]} entryPoints
 * @returns {import('./symbols.js').PublicName[]} without those that a docstring marks as `@internal`
 */
export function publicNames(program, entryPoints) {
  const checker = program.getTypeChecker();
  return entryPoints.flatMap(({ name: module, source }) => {
    const file = program.getSourceFile(source);
    const symbol = file && checker.getSymbolAtLocation(file);
    if (!symbol) throw new Error(`${module} exports nothing.`);
    return checker
      .getExportsOfModule(symbol)
      .filter((each) => {
        const origin = each.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(each) : each;
        return origin.getJsDocTags(checker).every(({ name }) => name !== 'internal');
      })
      .map(({ name }) => ({ module, name }));
  });
}
