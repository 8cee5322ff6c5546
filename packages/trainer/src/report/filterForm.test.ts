import { filterForm } from './filterForm.js';

const group = (settings: Record<string, string>) => ({ name: 'a', settings, runs: [] });

describe('filterForm', () => {
  test('has a box for each value of a setting that sets groups apart, and one for none', () => {
    const form = filterForm([
      group({ model: 'Net', method: 'BC', label: 'ratio' }),
      group({ model: 'Net', method: 'standard' }),
      group({ model: 'Net', method: 'BC' }),
    ]);
    expect([...form.matchAll(/<legend>(.*?)<\/legend>/g)].map(([, name]) => name)).toEqual([
      'method',
      'label',
    ]);
    expect(
      [...form.matchAll(/value="(.*?)"> <span>(.*?)<\/span> <span class="count">(.*?)</g)].map(
        ([, ...found]) => found,
      ),
    ).toEqual([
      ['BC', 'BC', '(2)'],
      ['standard', 'standard', '(1)'],
      ['ratio', 'ratio', '(1)'],
      ['', 'none', '(2)'],
    ]);
  });

  test('has no box where nothing sets groups apart', () => {
    expect(filterForm([group({ model: 'Net' })])).not.toContain('<input');
  });
});
