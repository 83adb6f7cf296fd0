import { element } from '../shared/element.js';
import { CLASS_COLOURS, classOf, type Explored, errorText } from './explored.js';
import { searched } from './search.js';

const search = element('search', HTMLInputElement);
const fault = element('search-fault', HTMLSpanElement);
const outliers = element('outliers', HTMLInputElement);
const list = element('class-list', HTMLDivElement);

/** Which images are shown: by class, by a search, and whether outliers alone. */
export class Filters {
  private of: Explored | undefined;
  private boxes: HTMLInputElement[] = [];

  /** @param onChange is called when `isShown` of the points has changed */
  constructor(private readonly onChange: (of: Explored) => void) {
    search.addEventListener('input', () => this.apply());
    outliers.addEventListener('change', () => this.apply());
    for (const [id, checked] of [
      ['all-classes', true],
      ['no-classes', false],
    ] as const) {
      element(id, HTMLButtonElement).addEventListener('click', () => {
        for (const box of this.boxes) box.checked = checked;
        this.apply();
      });
    }
  }

  /** Begins anew with another file: all of its images are shown. */
  set(of: Explored): void {
    this.of = of;
    search.value = '';
    outliers.checked = false;
    const { errors } = of.exploration;
    const count = errors.filter((error) => error > of.fence).length;
    element('fence', HTMLSpanElement).textContent = `${count.toLocaleString('en')}, error above ${errorText(of.fence)}`;
    this.listClasses(of);
    this.apply();
  }

  private listClasses({ exploration: { labels, classNames } }: Explored): void {
    element('classes', HTMLFieldSetElement).hidden = labels === undefined;
    this.boxes = classNames.map(() =>
      Object.assign(document.createElement('input'), { type: 'checkbox', checked: true }),
    );
    list.replaceChildren(
      ...classNames.map((name, index) => {
        const label = document.createElement('label');
        label.className = `check class-${index % CLASS_COLOURS}`;
        const words = document.createElement('span');
        const count = labels?.filter((each) => each === index).length ?? 0;
        words.append(
          `${name} `,
          Object.assign(document.createElement('span'), {
            className: 'muted number',
            textContent: count.toLocaleString('en'),
          }),
        );
        const swatch = Object.assign(document.createElement('span'), { className: 'swatch' });
        label.append(this.boxes[index], swatch, words);
        this.boxes[index].addEventListener('change', () => this.apply());
        return label;
      }),
    );
  }

  private apply(): void {
    const { of } = this;
    if (!of) return;
    const { exploration, points, fence } = of;
    const { labels, errors, classNames, count } = exploration;
    const matches = this.searched(classNames);
    if (!matches) return;
    for (let index = 0; index < count; index++) {
      const isOfClass = labels === undefined || this.boxes[labels[index]].checked;
      const isOutlier = !outliers.checked || errors[index] > fence;
      const image = { index, className: classOf(of, index), error: errors[index] };
      points.isShown[index] = isOfClass && isOutlier && matches(image) ? 1 : 0;
    }
    this.onChange(of);
  }

  /** What the search is for; undefined, and said, if it means nothing. */
  private searched(classNames: readonly string[]): ReturnType<typeof searched> | undefined {
    try {
      const matches = searched(search.value, classNames);
      fault.textContent = '';
      search.removeAttribute('aria-invalid');
      return matches;
    } catch (error) {
      fault.textContent = (error as Error).message;
      search.setAttribute('aria-invalid', 'true');
      return undefined;
    }
  }
}
