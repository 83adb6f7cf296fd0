import { element } from '../shared/element.js';
import { paintGrey } from '../shared/paint.js';
import { type Example, SIDE } from './calls.js';

/** Fills the row of pictures to begin with. */
export function showExamples(examples: readonly Example[], chosen: (example: Example) => void): void {
  const buttons = examples.map((example) => {
    const canvas = document.createElement('canvas');
    canvas.width = SIDE;
    canvas.height = SIDE;
    canvas.className = 'pixels';
    paintGrey(canvas, example.image, 255);
    const button = document.createElement('button');
    button.type = 'button';
    button.ariaLabel = example.name;
    button.title = example.name;
    button.append(canvas);
    button.addEventListener('click', () => chosen(example));
    return button;
  });
  element('examples', HTMLFieldSetElement).replaceChildren(...buttons);
}
