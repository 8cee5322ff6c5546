import { goldenFile } from './golden.js';
import { bits, GoldenRule, unit } from './goldenRule.js';

type Check =
  | { what: 'u'; name: string; index: number; seed: number; bits: number; u: number }
  | { what: 'value'; name: string; shape: number[]; index: number; gain?: number; value: number }
  | { what: 'input'; shape: number[]; at: number[]; value: number }
  | { what: 'target'; rows: number; classes: number; row: number; value: number[] }
  | { what: 'ratio'; name: string; value: number[] };

const { salt, checks } = goldenFile<{ salt: string; checks: Check[] }>('models/rule.json');
const rule = new GoldenRule(salt);

test.each(checks)('the rule gives the written numbers: %j', (check) => {
  switch (check.what) {
    case 'u': {
      const seed = rule.seed(check.name);
      expect(seed).toBe(check.seed);
      expect(bits(seed, check.index)).toBe(check.bits);
      expect(unit(seed, check.index)).toBe(check.u);
      break;
    }
    case 'value': {
      const values = rule.weight(check.name, check.shape, check.gain ?? 1);
      expect(values[check.index]).toBe(check.value);
      break;
    }
    case 'input': {
      const place = check.at.reduce((at, index, axis) => at * (check.shape[axis] ?? 0) + index, 0);
      expect(rule.input('input', check.shape)[place]).toBe(check.value);
      break;
    }
    case 'target':
      expect(rule.targets(check.rows, check.classes)[check.row]).toEqual(check.value);
      break;
    case 'ratio':
      expect(rule.ratios(check.name, check.value.length)).toEqual(check.value);
      break;
    default:
      throw new Error(`no such check: ${JSON.stringify(check)}`);
  }
});
