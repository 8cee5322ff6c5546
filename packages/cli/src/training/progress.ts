import type { EpochEvent, StartEvent, StepEvent, SwitchEvent, TrainEvent } from '@bcl/trainer';
import type { SingleBar } from 'cli-progress';
import { newBar } from '../bar.js';
import { count, duration, percent, say } from '../format.js';

/** Shows how a training goes. */
export interface Progress {
  show(event: TrainEvent): void;
  /** Takes what is unfinished off the screen. */
  close(): void;
}

/** A bar where someone watches, plain lines where not. */
export function createProgress(watched: boolean = process.stdout.isTTY === true): Progress {
  return watched ? new Bar() : new Lines();
}

/** Weight of the newest batch in what is shown. */
const fading = 0.15;

/** What both know of a run. */
class Watch {
  #start: StartEvent | undefined;
  #smooth: Pick<StepEvent, 'loss' | 'accuracy' | 'imagesPerSecond'> | undefined;
  #seconds = 0;
  #steps = 0;

  begin(event: StartEvent): void {
    this.#start = event;
  }

  get epochs(): number {
    return this.#start?.epochs ?? 0;
  }

  get stepsPerEpoch(): number {
    return this.#start?.stepsPerEpoch ?? 0;
  }

  get totalSteps(): number {
    return this.epochs * this.stepsPerEpoch;
  }

  /** Place of a step in its epoch, from 1; the last batch of an epoch may be left out. */
  inEpoch({ step, epoch }: StepEvent): number {
    return Math.max(0, Math.min(this.stepsPerEpoch, step - (epoch - 1) * this.stepsPerEpoch));
  }

  /** Loss, accuracy and speed as text: means that fade, for single batches jump about. */
  numbers({ loss, accuracy, imagesPerSecond }: StepEvent): string {
    const before = this.#smooth ?? { loss, accuracy, imagesPerSecond };
    const fade = (old: number, now: number) => old + fading * (now - old);
    this.#smooth = {
      loss: fade(before.loss, loss),
      accuracy: fade(before.accuracy, accuracy),
      imagesPerSecond: fade(before.imagesPerSecond, imagesPerSecond),
    };
    const shown = this.#smooth;
    return `loss ${shown.loss.toFixed(3)}  accuracy ${percent(shown.accuracy, 1)}  ${speed(shown.imagesPerSecond)}`;
  }

  /** Time that training still takes, from the mean step so far; the first, which warms up, is left out. */
  left({ step, imagesPerSecond }: StepEvent, batchSize: number): string {
    const seconds = batchSize / imagesPerSecond;
    this.#steps++;
    if (this.#steps > 1) this.#seconds += seconds;
    const mean = this.#steps > 1 ? this.#seconds / (this.#steps - 1) : seconds;
    return duration(Math.max(0, this.totalSteps - step) * mean);
  }
}

function speed(imagesPerSecond: number): string {
  return `${imagesPerSecond.toFixed(imagesPerSecond < 100 ? 1 : 0)} images/s`;
}

function epochText(event: EpochEvent, epochs: number): string {
  const { epoch, trainLoss, trainAccuracy, testLoss, testAccuracy, seconds } = event;
  const test =
    testAccuracy === undefined
      ? ''
      : `   test loss ${testLoss?.toFixed(3)}  accuracy ${percent(testAccuracy)}`;
  return `epoch ${epoch}/${epochs}   training loss ${trainLoss.toFixed(3)}  accuracy ${percent(trainAccuracy)}${test}   ${duration(seconds)}, ${speed(event.imagesPerSecond)}`;
}

function switchText({ step, from, to, learningRate }: SwitchEvent): string {
  return `  step ${step}: from ${from} to ${to}, at a learning rate of ${learningRate.toPrecision(3)}`;
}

function startText({ examples, parameters, backend, threads, epoch, epochs }: StartEvent): string {
  const done = epoch > 0 ? `, ${epoch} of ${epochs} epochs done` : '';
  return `${count(examples)} images, ${count(parameters)} parameters, ${backend} on ${threads} thread${threads === 1 ? '' : 's'}${done}`;
}

class Bar implements Progress {
  readonly #watch = new Watch();
  #examples = 0;
  #bar: SingleBar | undefined;

  show(event: TrainEvent): void {
    if (event.type === 'start') {
      this.#watch.begin(event);
      this.#examples = event.examples;
      say(startText(event));
    } else if (event.type === 'step') {
      this.#bar ??= this.#open(event.epoch);
      const batch = this.#examples / this.#watch.stepsPerEpoch;
      this.#bar.update(this.#watch.inEpoch(event), {
        numbers: this.#watch.numbers(event),
        left: this.#watch.left(event, batch),
      });
    } else if (event.type === 'switch') {
      this.close();
      say(switchText(event));
    } else if (event.type === 'epoch') {
      this.close();
      say(epochText(event, this.#watch.epochs));
    }
  }

  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #open(epoch: number): SingleBar {
    const bar = newBar(
      `epoch ${epoch}/${this.#watch.epochs} {bar} {value}/{total}  {numbers}  {left} left`,
      { hideCursor: true },
    );
    bar.start(this.#watch.stepsPerEpoch, 0, { numbers: '', left: '–' });
    return bar;
  }
}

class Lines implements Progress {
  readonly #watch = new Watch();
  #examples = 0;
  #told = 0;

  show(event: TrainEvent): void {
    if (event.type === 'start') {
      this.#watch.begin(event);
      this.#examples = event.examples;
      this.#told = event.step;
      say(startText(event));
    } else if (event.type === 'step') {
      const left = this.#watch.left(event, this.#examples / this.#watch.stepsPerEpoch);
      const numbers = this.#watch.numbers(event);
      if (event.step - this.#told < this.#every) return;
      this.#told = event.step;
      const { totalSteps } = this.#watch;
      say(`  step ${event.step}/${totalSteps}  ${numbers}  ${left} left`);
    } else if (event.type === 'switch') {
      say(switchText(event));
    } else if (event.type === 'epoch') {
      say(epochText(event, this.#watch.epochs));
    }
  }

  close(): void {}

  /** Steps from line to line: a few lines an epoch, and none in a small one. */
  get #every(): number {
    return Math.max(20, Math.ceil(this.#watch.stepsPerEpoch / 4));
  }
}
