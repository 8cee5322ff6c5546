import { type Command, Option } from 'commander';

const examples = `
Examples:
  $ bcl doctor
  $ pip install "tensorflow[and-cuda]" && npm install --ignore-scripts @tensorflow/tfjs-node-gpu
  $ bcl doctor --link-tensorflow "$(python3 -c 'import tensorflow; print(tensorflow.__path__[0])')"`;

interface DoctorFlags {
  speed: boolean;
  linkTensorflow?: string;
  ask?: string;
}

/** Adds `bcl doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'say which backends of TensorFlow.js work here, why the others do not, how fast each is',
    )
    .option('--no-speed', 'leave out the measuring, about two seconds a backend')
    .option(
      '--link-tensorflow <folder>',
      'build the addon of the installed tfjs-node for a TensorFlow of pip',
    )
    .addOption(new Option('--ask <question>', 'look, or speed-<backend>').hideHelp())
    .addHelpText('after', examples)
    .action(async ({ speed, linkTensorflow: folder, ask }: DoctorFlags) => {
      if (folder !== undefined) {
        const { linkTensorflow } = await import('../doctor/link/linkTensorflow.js');
        linkTensorflow(folder);
      } else if (ask !== undefined) {
        const { answer } = await import('../doctor/answer.js');
        await answer(ask);
      } else {
        const { doctor } = await import('../doctor/doctor.js');
        await doctor({ speed });
      }
    });
}
