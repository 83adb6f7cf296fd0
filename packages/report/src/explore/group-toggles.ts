import { bigMarker } from '../figures/points-plot.js';
import type { Group } from './chart.js';
import { button, layer, node } from './dom.js';

/** Buttons that switch groups of points on and off: `hidden` holds those that are off. */
export function groupToggles(groups: readonly Group[], hidden: Set<number>, changed: () => void): HTMLElement {
  const toggles = groups.map((group, index) => {
    const toggle = node('button', { type: 'button', 'aria-pressed': 'true' });
    toggle.append(layer(22, 22, bigMarker(group, 11, 11, 7).markup), group.name);
    toggle.addEventListener('click', () => {
      if (!hidden.delete(index)) hidden.add(index);
      update();
    });
    return toggle;
  });
  const set = (isHidden: boolean) => () => {
    hidden.clear();
    if (isHidden) for (const index of groups.keys()) hidden.add(index);
    update();
  };
  const update = () => {
    for (const [index, toggle] of toggles.entries()) toggle.setAttribute('aria-pressed', String(!hidden.has(index)));
    changed();
  };
  const all = [button('All', 'All classes', set(false)), button('None', 'None of the classes', set(true))];
  return node('div', { class: 'groups', role: 'group', 'aria-label': 'Classes' }, ...toggles, ...all);
}
