import type { Command } from 'commander';

/** Adds `bcl doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say which backends of TensorFlow.js work here, and why the others do not')
    .action(async () => {
      const { doctor } = await import('../doctor/doctor.js');
      await doctor();
    });
}
