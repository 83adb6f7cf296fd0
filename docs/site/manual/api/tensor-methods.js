import { Comment, ReferenceType, ReflectionKind } from 'typedoc';

/**
 * Operations are methods of tensors, too. The compiler sees a mapped type in them; a reader wants to be led to the
 * operation, which has the parameters and the example.
 *
 * @param {import('typedoc').ProjectReflection} project
 */
export function shapeMethods(project) {
  const modules = project.getReflectionsByKind(ReflectionKind.Module);
  const tensor = project.getReflectionsByKind(ReflectionKind.Class).find(({ name }) => name === 'Tensor');
  if (tensor === undefined) throw new Error('There is no class Tensor: its methods cannot be documented.');
  const operations = new Map(
    modules
      .filter(({ name }) => name === '@weft/core')
      .flatMap(({ children = [] }) => children)
      .filter((child) => child.kindOf(ReflectionKind.Function))
      .map((operation) => [operation.name, operation]),
  );
  for (const method of tensor.children ?? []) {
    const operation = operations.get(method.name);
    if (!operation || !method.kindOf(ReflectionKind.Property)) continue;
    const summary = operation.signatures?.[0].comment?.summary ?? [];
    method.inheritedFrom = undefined;
    method.type = ReferenceType.createResolvedReference(operation.name, operation, project);
    method.comment = new Comment(Comment.cloneDisplayParts(summary));
  }
}
