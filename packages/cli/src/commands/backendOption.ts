import { Option } from 'commander';
import { backendNames } from '../names.js';
import { oneOf } from '../parse.js';

/** `--backend <name>`, as all commands that compute have it. */
export function backendOption(): Option {
  return new Option('--backend <name>', `what computes: ${backendNames.join(', ')}`)
    .argParser(oneOf(backendNames))
    .default('auto');
}
