import { didYouMean, likelyName } from '../options/likely-name.js';

/** A text, or a value to be put in by its name. */
type Part = string | { readonly name: string; readonly format: string };

const USUAL = ['epoch', 'loss', 'val_loss'];

/** Python's formats of numbers that a path may have: 02d, .4f, .3e, g. */
const FORMAT = /^(0?)(\d*)(?:\.(\d+))?([dfeg]?)$/;

/**
 * A path in which `{epoch:02d}`, `{val_loss:.2f}` and the like stand for numbers, as in Keras. `{{` and `}}` stand for
 * braces.
 */
export class PathPattern {
  private readonly parts: readonly Part[];

  /** @throws RangeError if it is malformed, or has another spelling of epoch, loss or val_loss */
  constructor(
    private readonly call: string,
    readonly path: string,
  ) {
    this.parts = this.parse();
  }

  private parse(): Part[] {
    const { path } = this;
    return [...path.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)].map(([all, inside]) => {
      if (all === '{{' || all === '}}') return all[0];
      if (inside === undefined) {
        if (all === '{' || all === '}')
          this.fail(`has a '${all}' without its other half. Write ${all}${all} for one brace`);
        return all;
      }
      const [, name = '', format = ''] = /^(\w*)(?::(.*))?$/.exec(inside) ?? [];
      if (name === '') this.fail(`has '${all}'; expected a name of the logs, such as {epoch:02d} or {val_loss:.2f}`);
      const [, , , digits, type] =
        FORMAT.exec(format) ?? this.fail(`has '${all}'; formats are like 02d, .4f, .3e and g`);
      if (type === 'd' && (digits !== undefined || name !== 'epoch'))
        this.fail(`has '${all}'; d is for {epoch:02d} alone`);
      if (!USUAL.includes(name)) {
        const likely = likelyName(name, USUAL);
        if (likely !== undefined) this.fail(`has '${all}', which is unknown. Did you mean '${likely}'?`, '');
      }
      return { name, format };
    });
  }

  private fail(what: string, end = '.'): never {
    throw new RangeError(`${this.call}: path: '${this.path}' ${what}${end}`);
  }

  /** @throws RangeError if it has a name that the logs will not have */
  check(logNames: readonly string[]): void {
    const known = ['epoch', ...logNames];
    for (const part of this.parts) {
      if (typeof part === 'string' || known.includes(part.name)) continue;
      this.fail(
        `has {${part.name}}, which is unknown; known are ${known.join(', ')}.${didYouMean(part.name, known)}`,
        '',
      );
    }
  }

  /** What comes before the first value. */
  get beginning(): string {
    const first = this.parts.findIndex((part) => typeof part !== 'string');
    return this.parts.slice(0, first < 0 ? this.parts.length : first).join('');
  }

  get hasValues(): boolean {
    return this.parts.some((part) => typeof part !== 'string');
  }

  /** The path with its numbers. */
  fill(values: Readonly<Record<string, number | undefined>>): string {
    return this.parts
      .map((part) => (typeof part === 'string' ? part : formatted(values[part.name] ?? Number.NaN, part.format)))
      .join('');
  }
}

/** A number as Python's `format` writes it. */
function formatted(value: number, format: string): string {
  const [, zero = '', width = '', digits, type = ''] = FORMAT.exec(format) ?? [];
  const text = Number.isFinite(value)
    ? finite(value, digits, type)
    : Number.isNaN(value)
      ? 'nan'
      : value > 0
        ? 'inf'
        : '-inf';
  const sign = text.startsWith('-') ? '-' : '';
  return zero
    ? sign + text.slice(sign.length).padStart(Number(width) - sign.length, '0')
    : text.padStart(Number(width));
}

function finite(value: number, digits: string | undefined, type: string): string {
  const count = digits === undefined ? 6 : Number(digits);
  if (type === 'f') return value.toFixed(count);
  if (type === 'e') return exponential(value, count);
  if (type === 'g' || digits !== undefined) return general(value, Math.max(1, count));
  return String(value);
}

/** With two digits of the exponent at least. */
function exponential(value: number, digits: number): string {
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** With so many digits in all, without zeros at the end. */
function general(value: number, digits: number): string {
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  const isLong = exponent < -4 || exponent >= digits;
  const text = isLong ? exponential(value, digits - 1) : value.toFixed(digits - 1 - exponent);
  return text.replace(/\.?0+(?=e|$)/, (zeros) => (text.includes('.') ? '' : zeros));
}
