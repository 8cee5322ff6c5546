import type { Command } from 'commander';

const examples = `
Examples:
  $ bcl doctor
  $ pip install tensorflow && npm install --ignore-scripts @tensorflow/tfjs-node-gpu
  $ bcl doctor --link-tensorflow "$(python3 -c 'import tensorflow; print(tensorflow.__path__[0])')"`;

/** Adds `bcl doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say which backends of TensorFlow.js work here, and why the others do not')
    .option(
      '--link-tensorflow <folder>',
      'build the addon of the installed tfjs-node for a TensorFlow of pip',
    )
    .addHelpText('after', examples)
    .action(async ({ linkTensorflow: folder }: { linkTensorflow?: string }) => {
      if (folder !== undefined) {
        const { linkTensorflow } = await import('../doctor/link/linkTensorflow.js');
        linkTensorflow(folder);
        return;
      }
      const { doctor } = await import('../doctor/doctor.js');
      await doctor();
    });
}
