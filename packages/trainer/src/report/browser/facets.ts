import type { PageGroup } from '../PageData.js';

/** The check boxes that choose which groups are shown. */
export interface Facets {
  /** Numbers of the groups that match: in each setting one of the checked values, or any where none is checked. */
  shown(): number[];
  /** The checked boxes, as pairs of a setting and a value. */
  checked(): [setting: string, value: string][];
  /** Checks just these; what is no box is passed over. */
  check(pairs: readonly (readonly [string, string])[]): void;
}

/**
 * Takes over the check boxes of a form, in a page: `name` is the setting, `value` its value; what a box would
 * show, were its value checked, is counted in the element `.count` of its label.
 */
export function facets(
  form: HTMLFormElement,
  groups: readonly PageGroup[],
  onChange: () => void,
): Facets {
  const boxes = [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
  const settings = [...new Set(boxes.map((box) => box.name))];

  /** Numbers of the groups that match in all settings, or in all but one. */
  function matching(except?: string): number[] {
    const wanted = settings
      .filter((setting) => setting !== except)
      .map((setting) => ({
        setting,
        values: boxes.filter((box) => box.checked && box.name === setting).map((box) => box.value),
      }))
      .filter(({ values }) => values.length > 0);
    return groups.flatMap((group, index) =>
      wanted.every(({ setting, values }) => values.includes(group.settings[setting] ?? ''))
        ? index
        : [],
    );
  }

  function count(): void {
    for (const setting of settings) {
      const open = matching(setting);
      for (const box of boxes.filter((box) => box.name === setting)) {
        const { length } = open.filter(
          (index) => (groups[index]?.settings[setting] ?? '') === box.value,
        );
        const label = box.closest('label') as HTMLElement;
        (label.querySelector('.count') as HTMLElement).textContent = `(${length})`;
        label.classList.toggle('none', length === 0);
      }
    }
  }

  form.addEventListener('change', () => {
    count();
    onChange();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  return {
    shown: () => matching(),
    checked: () => boxes.filter((box) => box.checked).map((box) => [box.name, box.value]),
    check(pairs) {
      for (const box of boxes) {
        box.checked = pairs.some(([name, value]) => name === box.name && value === box.value);
      }
      count();
    },
  };
}
