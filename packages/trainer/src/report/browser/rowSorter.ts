/** The order of a table's rows. */
export interface RowSorter {
  /** Key of the column, with a minus before it for falling order; empty for the order of the page. */
  order(): string;
  /** Puts the rows in such an order; one that there is not is that of the page. */
  sort(order: string): void;
}

/**
 * Lets the buttons in the last row of a table's head sort its rows, in a page: rising, falling, as they came. Buttons have their
 * column's key in `data-sort`, cells what they are sorted by in `data-order`; cells without it come last.
 */
export function rowSorter(table: HTMLTableElement, onChange: () => void): RowSorter {
  const body = table.tBodies[0] as HTMLTableSectionElement;
  const rows = [...body.rows];
  const headRows = [...(table.tHead?.rows ?? [])];
  const heads = [...(headRows[headRows.length - 1]?.cells ?? [])];
  const keys = heads.map((head) => head.querySelector('button')?.dataset.sort);
  let order = '';

  function sort(next: string): void {
    const falling = next.startsWith('-');
    const column = keys.indexOf(falling ? next.slice(1) : next);
    order = column < 0 ? '' : next;
    for (const [index, head] of heads.entries()) {
      head.ariaSort = index !== column ? 'none' : falling ? 'descending' : 'ascending';
    }
    const value = (row: HTMLTableRowElement) => row.cells[column]?.dataset.order;
    const sorted = [...rows];
    if (column >= 0) {
      sorted.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === undefined || y === undefined)
          return Number(x === undefined) - Number(y === undefined);
        const rising =
          x !== '' && y !== '' && Number.isFinite(Number(x)) && Number.isFinite(Number(y))
            ? Number(x) - Number(y)
            : x.localeCompare(y, undefined, { numeric: true });
        return falling ? -rising : rising;
      });
    }
    body.append(...sorted);
  }

  for (const key of keys) {
    if (key === undefined) continue;
    table.querySelector(`[data-sort="${key}"]`)?.addEventListener('click', () => {
      sort(order === key ? `-${key}` : order === `-${key}` ? '' : key);
      onChange();
    });
  }
  sort('');
  return { order: () => order, sort };
}
