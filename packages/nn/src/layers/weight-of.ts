import type { Shape } from '@weft/core';
import type { Constraint } from '../constraints/constraints.js';
import type { Initializer } from '../weights/initializers.js';
import type { Regularizer } from '../weights/regularizers.js';
import type { WeightSpecification } from '../weights/weight.js';

/** Options of a layer about one of its weights, such as `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`. */
type WeightOptions<Option extends string> = Readonly<
  Record<`${Option}Initializer`, Initializer> &
    Record<`${Option}Regularizer`, Regularizer | undefined> &
    Record<`${Option}Constraint`, Constraint | undefined>
>;

/**
 * A weight as the options of its layer describe it.
 *
 * @param option how names of options begin, such as `kernel`
 * @param name   the weight's; default: `option`
 */
export function weightOf<const Option extends string>(
  layer: WeightOptions<Option>,
  option: Option,
  shape: Shape,
  name: string = option,
): WeightSpecification {
  const options: Readonly<Record<string, unknown>> = layer;
  return {
    name,
    shape,
    initializer: options[`${option}Initializer`] as Initializer,
    regularizer: options[`${option}Regularizer`] as Regularizer | undefined,
    constraint: options[`${option}Constraint`] as Constraint | undefined,
  };
}
