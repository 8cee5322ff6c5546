import type { TrainEvent } from '@bcl/trainer';
import type { SingleBar } from 'cli-progress';
import { newBar } from '../bar.js';
import { duration, percent, say } from '../format.js';
import { type Job, nameOf } from './plan.js';
import type { Outcome } from './runGrid.js';

/** Shows how a grid of trainings goes: a line for each that ended, and a bar where someone watches. */
export interface GridProgress {
  event(job: Job, event: TrainEvent): void;
  end(job: Job, outcome: Outcome): void;
  close(): void;
}

export function createGridProgress(
  total: number,
  done: number,
  watched: boolean = process.stdout.isTTY === true,
): GridProgress {
  return new Watch(total, done, watched);
}

/** What is known of a training under way. */
interface UnderWay {
  epoch: number;
  epochs: number;
  /** Share of it that is done, 0..1. */
  share: number;
  began: number;
  accuracy?: number;
}

class Watch implements GridProgress {
  readonly #total: number;
  readonly #bar: SingleBar | undefined;
  readonly #began = performance.now();
  readonly #jobs = new Map<Job, UnderWay>();
  #done: number;
  /** Trainings, and parts of trainings, that were done here. */
  #here = 0;

  constructor(total: number, done: number, watched: boolean) {
    this.#total = total;
    this.#done = done;
    if (!watched) return;
    this.#bar = newBar('{bar} {value}/{total} trainings  {under}  {left}', { hideCursor: true });
    this.#bar.start(total, done, { under: '', left: '' });
  }

  event(job: Job, event: TrainEvent): void {
    const now = this.#jobs.get(job);
    if (event.type === 'start') {
      const { epoch, epochs } = event;
      this.#jobs.set(job, { epoch, epochs, share: epoch / epochs, began: performance.now() });
    } else if (now && event.type === 'epoch') {
      this.#here += event.epoch / now.epochs - now.share;
      now.epoch = event.epoch;
      now.share = event.epoch / now.epochs;
      if (event.testAccuracy !== undefined) now.accuracy = event.testAccuracy;
      this.#draw();
    }
  }

  end(job: Job, outcome: Outcome): void {
    const known = this.#jobs.get(job);
    this.#jobs.delete(job);
    if (outcome === 'done') this.#done++;
    const text = { done: () => this.#doneText(known), stopped: () => 'stopped, saved' };
    const how = typeof outcome === 'object' ? `failed: ${outcome.failed}` : text[outcome]();
    this.#say(`[${this.#done}/${this.#total}] ${nameOf(job)}: ${how}`);
    this.#draw();
  }

  close(): void {
    this.#bar?.stop();
  }

  #doneText(known: UnderWay | undefined): string {
    const took = known ? `, ${duration((performance.now() - known.began) / 1000)}` : '';
    const error = known?.accuracy === undefined ? 'done' : `error ${percent(1 - known.accuracy)}`;
    return `${error}${took}${this.#bar ? '' : `; ${this.#left()}`}`;
  }

  /** Time that the rest takes if it goes on as so far. */
  #left(): string {
    if (this.#here <= 0) return '';
    const under = [...this.#jobs.values()].reduce((sum, { share }) => sum + share, 0);
    const rest = this.#total - this.#done - under;
    const seconds = (performance.now() - this.#began) / 1000;
    return `${duration((seconds / this.#here) * Math.max(0, rest))} left`;
  }

  /** A line above the bar. */
  #say(line: string): void {
    if (this.#bar) process.stdout.write('\r\x1b[K');
    say(line);
  }

  #draw(): void {
    const under = [...this.#jobs.values()].map(({ epoch, epochs }) => `epoch ${epoch}/${epochs}`);
    this.#bar?.update(this.#done, { under: under.join(', '), left: this.#left() });
  }
}
