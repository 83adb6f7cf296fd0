import { CLASS_COLOURS } from './explored.js';
import type { Colour } from './raster.js';

/** Colours of the plane, as the style sheet has them in the visitor's scheme. */
export interface Palette {
  /** Of classes. */
  readonly palette: readonly Colour[];
  readonly background: Colour;
  /** Of lines and numbers, as texts of CSS. */
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly accent: string;
}

export function colours(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const of = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const found = {
    palette: Array.from({ length: CLASS_COLOURS }, (_, index) => numbers(of(`--class-${index}`))),
    background: numbers(of('--raised')),
    ink: of('--ink'),
    muted: of('--muted'),
    rule: of('--rule'),
    accent: of('--accent'),
  };
  probe.remove();
  return found;
}

function numbers(colour: string): Colour {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
