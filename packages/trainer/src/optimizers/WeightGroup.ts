/** Weights that learn in another way than the rest; plain JSON. */
export interface WeightGroup {
  /** Names of weights, as `fc1/kernel`. A `*` stands for any characters: `*bias`, `conv1*`, `*`. */
  weights: string | readonly string[];
  /** What the learning rate is multiplied by. Default 1. */
  factor?: number;
  /** Decay instead of the optimizer's own. */
  weightDecay?: number;
}

/**
 * Biases and the scale and shift of batch norm, which many leave out of weight decay:
 * `groups: [{ weights: biasesAndNorms, weightDecay: 0 }]`.
 */
export const biasesAndNorms: readonly string[] = ['*bias', '*gamma', '*beta'];

/** How one weight learns. */
export interface WeightSettings {
  factor: number;
  weightDecay: number;
}

/** Settings of a weight: the optimizer's own, but for what groups say of it. */
export function settingsOf(
  name: string,
  groups: readonly WeightGroup[],
  weightDecay: number,
): WeightSettings {
  const settings = { factor: 1, weightDecay };
  for (const group of groups) {
    if (!namesOf(group).some((pattern) => matches(pattern, name))) continue;
    settings.factor = group.factor ?? settings.factor;
    settings.weightDecay = group.weightDecay ?? settings.weightDecay;
  }
  return settings;
}

/** Throws unless the settings of groups are in range. */
export function checkGroups(who: string, groups: readonly WeightGroup[]): void {
  for (const [i, group] of groups.entries()) {
    if (namesOf(group).length === 0) {
      throw new RangeError(`${who}: groups[${i}] must name a weight, got none; '*' names all`);
    }
    for (const name of ['factor', 'weightDecay'] as const) {
      const value = group[name];
      if (value === undefined || (value >= 0 && Number.isFinite(value))) continue;
      throw new RangeError(
        `${who}: ${name} of groups[${i}] must be a number from 0 up, got ${value}`,
      );
    }
  }
}

/** Throws when a group names a weight, in full, that there is not. */
export function checkNames(
  who: string,
  groups: readonly WeightGroup[],
  weights: readonly string[],
): void {
  const known = new Set(weights);
  for (const name of groups.flatMap(namesOf)) {
    if (name.includes('*') || known.has(name)) continue;
    throw new RangeError(
      `${who}: groups must name weights that are trained, got ${name}; they are ${shortList(weights)}`,
    );
  }
}

function namesOf({ weights }: WeightGroup): readonly string[] {
  return typeof weights === 'string' ? [weights] : weights;
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

function shortList(names: readonly string[]): string {
  const more = names.length > 6 ? `, … (${names.length} in all)` : '';
  return `${names.slice(0, 6).join(', ')}${more}`;
}
