import { appendFile, mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { TrainEvent } from '../training/TrainEvent.js';
import { type EventContent, eventRecord } from './eventRecord.js';

/** Files that this process has begun, so that each has a name of its own. */
let begun = 0;

/** A file that TensorBoard shows the curves of. */
export class EventFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Begins a file in a folder, beside those of earlier sessions.
   *
   * @param step Steps done before: what earlier sessions wrote of later ones counts for nothing.
   */
  static async begin(folder: string, step: number): Promise<EventFile> {
    await mkdir(folder, { recursive: true });
    const now = Date.now();
    const name = `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}.${begun++}`;
    const file = new EventFile(join(folder, name));
    await file.#write([{ version: 'brain.Event:2' }, { begins: true }], step + 1);
    return file;
  }

  /** Adds what an event of training says in numbers. */
  async record(event: TrainEvent): Promise<void> {
    const scalars = scalarsOf(event);
    if (scalars && 'step' in event) await this.#write([{ scalars }], event.step);
  }

  #write(contents: EventContent[], step: number): Promise<void> {
    const now = Date.now();
    return appendFile(
      this.#path,
      Buffer.concat(contents.map((content) => eventRecord(content, step, now))),
    );
  }
}

/** Numbers of an event under their tags in TensorBoard. */
function scalarsOf(event: TrainEvent): Record<string, number> | null {
  if (event.type === 'step') {
    return {
      'step/loss': event.loss,
      'step/accuracy': event.accuracy,
      'step/learning_rate': event.learningRate,
      'step/images_per_second': event.imagesPerSecond,
    };
  }
  if (event.type !== 'epoch') return null;
  return {
    'epoch/train_loss': event.trainLoss,
    'epoch/train_accuracy': event.trainAccuracy,
    ...(event.testLoss === undefined ? {} : { 'epoch/test_loss': event.testLoss }),
    ...(event.testAccuracy === undefined ? {} : { 'epoch/test_accuracy': event.testAccuracy }),
    'epoch/images_per_second': event.imagesPerSecond,
  };
}
