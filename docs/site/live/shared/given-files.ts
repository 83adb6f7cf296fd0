/**
 * Takes files that the visitor picks with an input.
 *
 * @param taken called with them; the input is empty again, so that the same file can be picked once more
 */
export function onPicked(input: HTMLInputElement, taken: (files: readonly File[]) => void): void {
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) taken(files);
  });
}

/** Takes files that the visitor drops anywhere on the page, or pastes into it. */
export function onDropped(target: HTMLElement, taken: (files: readonly File[]) => void): void {
  const given = (event: Event, data: DataTransfer | null) => {
    delete target.dataset.dropping;
    const files = [...(data?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    taken(files);
  };
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    target.dataset.dropping = '';
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) delete target.dataset.dropping;
  });
  document.addEventListener('drop', (event) => given(event, event.dataTransfer));
  document.addEventListener('paste', (event) => given(event, event.clipboardData));
}
