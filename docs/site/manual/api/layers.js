import {
  Comment,
  DeclarationReflection,
  ParameterReflection,
  ReferenceType,
  ReflectionFlag,
  ReflectionKind,
  ReflectionType,
  UnknownType,
} from 'typedoc';
import ts from 'typescript';

/**
 * Documents layers by their options. The base class of a layer is made of a schema of options, so TypeDoc shows a
 * constructor of a mapped type, and each option as an inherited field. A reader wants the table of options.
 *
 * @param {import('typedoc').Context} context
 */
export function shapeLayers(context) {
  const { project } = context;
  const base = project.getReflectionsByKind(ReflectionKind.Class).find(({ name }) => name === 'BaseLayer');
  for (const layer of project.getReflectionsByKind(ReflectionKind.Class)) {
    const symbol = context.getSymbolFromReflection(layer);
    const declaration = symbol?.declarations?.find(ts.isClassDeclaration);
    if (!declaration || !isMadeOfSchema(declaration)) continue;
    const options = optionsOf(context.programs[0].getTypeChecker(), symbol, declaration);
    for (const child of layer.children?.filter(({ inheritedFrom }) => inheritedFrom) ?? []) {
      if (!child.kindOf(ReflectionKind.Constructor)) project.removeReflection(child);
    }
    for (const child of layer.children ?? []) {
      if (child.kindOf(ReflectionKind.Constructor)) describeConstructor(child, options);
    }
    layer.extendedTypes = base && [ReferenceType.createResolvedReference('BaseLayer', base, project)];
  }
}

/** Whether a class extends the result of a call, as in `extends layerOf('Dense', OPTIONS)`. */
function isMadeOfSchema({ heritageClauses }) {
  return heritageClauses?.some(({ types }) => types.some(({ expression }) => ts.isCallExpression(expression))) ?? false;
}

/** Name, type, comment and need of each option that the constructor takes. */
function optionsOf(checker, symbol, location) {
  const [signature] = checker.getTypeOfSymbolAtLocation(symbol, location).getConstructSignatures();
  const given = checker.getTypeOfSymbolAtLocation(signature.parameters[0], location);
  const [options] = checker.isTupleType(given) ? checker.getTypeArguments(given) : [given];
  const properties = checker.getPropertiesOfType(checker.getNonNullableType(options));
  return properties.map((property) => {
    const type = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(property, location));
    return {
      name: property.name,
      type: checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation),
      text: ts.displayPartsToString(property.getDocumentationComment(checker)),
      isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    };
  });
}

function describeConstructor(declaration, options) {
  for (const signature of declaration.signatures ?? []) {
    signature.inheritedFrom = undefined;
    signature.setFlag(ReflectionFlag.Abstract, false);
    const object = new DeclarationReflection('__type', ReflectionKind.TypeLiteral, signature);
    object.children = options.map(({ name, type, text, isOptional }) => {
      const option = new DeclarationReflection(name, ReflectionKind.Property, object);
      option.type = new UnknownType(type);
      option.setFlag(ReflectionFlag.Optional, isOptional);
      option.comment = new Comment([{ kind: 'text', text }]);
      return option;
    });
    const parameter = new ParameterReflection('options', ReflectionKind.Parameter, signature);
    parameter.type = new ReflectionType(object);
    signature.parameters = [parameter];
  }
  declaration.inheritedFrom = undefined;
  declaration.setFlag(ReflectionFlag.Abstract, false);
}
