import { type Dataset, Preprocessing, ResidentImages } from '@bcl/datasets';
import type { Mixer } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Checkpoint, TrainingState } from './checkpoint/Checkpoint.js';
import { checkSameModel } from './checkpoint/checkSameModel.js';
import { modelFrom } from './checkpoint/modelFrom.js';
import { readCheckpoint } from './checkpoint/readCheckpoint.js';
import { writeCheckpoint } from './checkpoint/writeCheckpoint.js';
import { type ActivationOptions, type Activations, activations } from './features/activations.js';
import type { Optimizer } from './optimizers/Optimizer.js';
import { optimizerFromConfig } from './optimizers/optimizerFromConfig.js';
import type { Attack } from './robustness/Attack.js';
import { slopeOf } from './robustness/slopeOf.js';
import type { Run } from './run/Run.js';
import { constant } from './schedules/constant.js';
import { startEngine } from './threads/startEngine.js';
import { batches } from './training/batches.js';
import { checkTrainOptions } from './training/checkTrainOptions.js';
import type { Engine, StepAt } from './training/Engine.js';
import { evaluate, type Forward, type TestData, type TestResult } from './training/evaluate.js';
import { forward } from './training/forward.js';
import { type Loss, lossFrom, type SavedLoss, savedLoss } from './training/Loss.js';
import type { Attacked } from './training/prepared.js';
import { countStep, endEpoch, isBest, newProgress, type Progress } from './training/progress.js';
import { Replica } from './training/Replica.js';
import type { CheckpointEvent, EpochEvent, TrainEvent } from './training/TrainEvent.js';
import type { TrainOptions } from './training/TrainOptions.js';
import { unpackWebgl } from './training/unpackWebgl.js';
import { WeightAverage } from './training/WeightAverage.js';

export interface ModelManagerOptions {
  /** Maps images `[B, H, W, C]` to logits `[B, K]`. */
  model: LayersModel;
  optimizer: Optimizer;
  /** A loss of `@bcl/losses`, its name or config, or a function of your own of label rows and logits. */
  loss: Loss | SavedLoss;
  /** Fitted on the training set; goes wherever the model goes. */
  preprocessing: Preprocessing;
  /** Seed of the order of examples and of augmentation. Default 0. */
  seed?: number | string;
  /**
   * Decay of an exponential moving average of the weights, as 0.999; evaluation then goes by the
   * averaged weights. Default none.
   */
  ema?: number;
}

export interface TestOptions {
  /** Default 128. */
  batchSize?: number;
  /** Whether the moving average of the weights is tested, where one is kept. Default true. */
  average?: boolean;
  /** What changes the raw images first, such as `fgsm({ epsilon: 2 / 255 })`. */
  attack?: Attack;
}

export interface LoadOptions {
  /** Needed when the saved loss was a function of your own. */
  loss?: Loss;
  /** Needed when the saved optimizer is not of this package; its settings are then yours. */
  optimizer?: Optimizer;
}

/**
 * A model with all that training it takes: optimizer, loss, preprocessing, and how far it has come.
 *
 * @example
 * ```js
 * const manager = new ModelManager({ model, optimizer: sgd({ learningRate: 0.1 }), loss: 'klDivergence', preprocessing });
 * for await (const event of manager.train(train, { epochs: 10, mixer, test })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.testAccuracy);
 * }
 * await manager.save('checkpoint');
 * ```
 */
export class ModelManager {
  readonly model: LayersModel;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly preprocessing: Preprocessing;
  readonly seed: number | string;
  readonly #replica: Replica;
  #state: Progress = newProgress();
  #classNames: string[] | null = null;
  #training = false;
  /** Where the training stood when this process was up to date with its threads. */
  #synced: Progress = newProgress();
  /** The last checkpoint of a run, in words. */
  #saved = '';

  constructor({ model, optimizer, loss, preprocessing, seed = 0, ema }: ModelManagerOptions) {
    this.model = model;
    this.optimizer = optimizer;
    this.loss = typeof loss === 'function' ? loss : lossFrom(loss);
    this.preprocessing = preprocessing;
    this.seed = seed;
    const average = ema === undefined ? null : new WeightAverage(ema);
    this.#replica = new Replica(model, optimizer, this.loss, average);
  }

  /** Epochs done. */
  get epoch(): number {
    return this.#state.epoch;
  }

  /** Steps done. */
  get step(): number {
    return this.#state.step;
  }

  /** Names of the classes, as the training set gave them; null before any training. */
  get classNames(): string[] | null {
    return this.#classNames;
  }

  /**
   * Trains, and tells of it: a step, an epoch, a checkpoint at a time. Leave the loop to stop; the
   * manager then stands after the last step reported and can be saved, tested or trained on. A
   * manager that comes from a checkpoint goes on where that was written, with the same numbers as
   * if it had never stopped.
   *
   * @throws Error at the first step whose loss or gradient is not finite, naming the tensor in
   * which it began; the weights are left as before that step.
   */
  train(trainSet: Dataset, options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
    checkTrainOptions(trainSet, this.preprocessing, this.#state, options);
    return this.#train(trainSet, options);
  }

  async *#train(
    trainSet: Dataset,
    options: TrainOptions,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    if (this.#training) {
      throw new Error('ModelManager.train: the manager is training already; leave that loop first');
    }
    if (this.#countParameters() === 0) {
      throw new Error(
        'ModelManager.train: a layer must be left to train, got a model that was frozen whole; unfreeze the classifier, then make the manager',
      );
    }
    this.#training = true;
    this.#classNames = [...trainSet.classNames];
    const { epochs, run, mixer, batchSize = 128, threads = 1, layerModules = [] } = options;
    const { stepsAhead } = options;
    const { shape, classes } = this.preprocessing;
    const examples = trainSet.labels.length;
    const stepsPerEpoch = Math.ceil(examples / batchSize);
    const state = Object.assign(this.#state, { batchSize, examples });
    this.#synced = structuredClone(state);
    this.#saved = 'the last checkpoint';
    let seconds = 0;
    let tested: TestResult | undefined;
    let engine: Engine | undefined;
    let resident: ResidentImages | undefined;
    let unlock: (() => Promise<void>) | undefined;
    try {
      unlock = await run?.lock();
      if (mixer) this.#restoreMixer(mixer);
      await run?.begin(state);
      unpackWebgl();
      const replicas = { layerModules, batchSize, imageShape: [...shape], classes };
      engine = await startEngine(this.#replica, { ...replicas, threads, stepsAhead });
      if (options.resident) {
        resident = new ResidentImages(trainSet, { preprocessing: this.preprocessing });
      }
      yield {
        type: 'start',
        epochs,
        epoch: state.epoch,
        step: state.step,
        stepsPerEpoch,
        examples,
        parameters: this.#countParameters(),
        backend: tf.getBackend(),
        threads: engine.threads,
      };
      while (state.epoch < epochs) {
        yield* this.#steps(trainSet, { ...options, images: resident }, engine, stepsPerEpoch);
        const event = endEpoch(state);
        const result = await this.#testEpoch(engine, event, options);
        const best = result ? isBest(state, result) : false;
        tested = result ?? tested;
        seconds += event.seconds;
        // Written before the caller hears of the epoch: whoever leaves there has lost nothing.
        await run?.record(event);
        const saved = await this.#keep(engine, run, { best, end: true });
        yield event;
        if (saved) yield saved;
      }
      const last = tested ? { testLoss: tested.loss, testAccuracy: tested.accuracy } : {};
      yield { type: 'done', epochs, step: state.step, seconds, ...last };
    } catch (error) {
      throw run ? await withAdvice(error, run, this.#saved) : error;
    } finally {
      // Where the threads are gone, what they did since the last epoch is gone with them.
      await engine?.sync().catch(() => {
        this.#state = this.#synced;
      });
      await engine?.close();
      resident?.dispose();
      await unlock?.();
      this.#training = false;
    }
  }

  /** What is left of the epoch under way. */
  async *#steps(
    trainSet: Dataset,
    {
      epochs,
      batchSize = 128,
      schedule = constant(this.optimizer.learningRate),
      mixer,
      augment = { padding: 4, flip: true },
      images: resident,
      run,
    }: TrainOptions & { images: ResidentImages | undefined },
    engine: Engine,
    stepsPerEpoch: number,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    const { preprocessing } = this;
    const state = this.#state;
    const epoch = state.epoch + 1;
    const random = createRandom(this.seed);
    const order = { batchSize, random, epoch, skip: state.batch };
    let clock = performance.now();
    const { mixesInside } = this.#replica;
    const source = batches(trainSet, {
      ...order,
      preprocessing,
      augment,
      resident,
      mixer,
      mixesInside,
    });
    const before = state.step - state.batch;
    const at = (index: number): StepAt => {
      const place = (epoch - 1) * stepsPerEpoch + index;
      const learningRate = schedule({ epoch, step: place, stepsPerEpoch, epochs });
      return { step: before + index, epoch, learningRate };
    };
    for await (const taken of engine.steps(source, at)) {
      const { index, count, mixerState, loss, accuracy, learningRate, change } = taken;
      const seconds = (performance.now() - clock) / 1000;
      countStep(state, index, { loss, accuracy, count, seconds, learningRate });
      state.mixer = mixer ? { settings: settingsOf(mixer), state: mixerState } : null;
      const numbers = { step: state.step, epoch, loss, accuracy, learningRate };
      const event = { type: 'step' as const, ...numbers, imagesPerSecond: count / seconds };
      await run?.record(event);
      const turn = change && { type: 'switch' as const, step: state.step, epoch, ...change };
      if (turn) await run?.record(turn);
      yield event;
      if (turn) yield turn;
      if (run?.isDue(state.step) && index + 1 < stepsPerEpoch) {
        const saved = await this.#keep(engine, run, { best: false, end: false });
        if (saved) yield saved;
      }
      clock = performance.now();
    }
  }

  /** Brings this process up to date with the threads, and its run with this process. */
  async #keep(
    engine: Engine,
    run: Run | undefined,
    as: { best: boolean; end: boolean },
  ): Promise<CheckpointEvent | null> {
    await engine.sync();
    this.#synced = structuredClone(this.#state);
    if (!run) return null;
    await run.keep(await this.#checkpoint(), as);
    const { epoch, step } = this.#state;
    this.#saved = `the checkpoint after ${as.end ? `epoch ${epoch}` : `step ${step}`}`;
    return { type: 'checkpoint', epoch, step, folder: run.checkpoint, best: as.best };
  }

  /** Evaluates after an epoch, if it is one to evaluate, and adds what came out to its event. */
  async #testEpoch(
    engine: Engine,
    event: EpochEvent,
    { test, testEvery = 1, epochs, run, batchSize = 128 }: TrainOptions,
  ): Promise<TestResult | undefined> {
    if (!test || (event.epoch % testEvery !== 0 && event.epoch !== epochs)) return undefined;
    const forward = engine.forward.bind(engine);
    const tested = await evaluate(forward, this.preprocessing, test, { batchSize });
    event.testLoss = tested.loss;
    event.testAccuracy = tested.accuracy;
    event.testTop5 = tested.top5;
    event.testNll = tested.nll;
    event.testCalibrationError = tested.calibrationError;
    const classNames = [...test.classNames];
    await run?.saveConfusion({ classNames, matrix: tested.confusion });
    return tested;
  }

  /**
   * Evaluates the model on a data set, whose raw bytes go through the preprocessing that was saved
   * with the model, or on batches prepared elsewhere, which that preprocessing checks first.
   *
   * @param data A `Dataset`, or an iterable of `{ xs, ys }` with images as the model wants them and
   * label rows `[B, K]`. As with `DataIterator`, whose batches these may be, they are disposed here.
   * @param options `average: false` evaluates the weights themselves where a moving average is kept;
   * `attack` changes the raw images of a data set first.
   * @throws Error when batches do not look like this model's preprocessing, such as BC+ images
   * that kept their mean.
   */
  test(
    data: TestData,
    { batchSize = 128, average = true, attack }: TestOptions = {},
  ): Promise<TestResult> {
    const { model, loss, preprocessing } = this;
    const attacked: Attacked | undefined =
      attack && ((images, labels) => attack(images, slopeOf(this, labels)));
    const look: Forward = (xs, ys, soft) => forward(model, loss, xs, ys, soft);
    const options = { batchSize, ...(attacked ? { attacked } : {}) };
    const run = () => evaluate(look, preprocessing, data, options);
    return average ? this.#replica.averaged(run) : run();
  }

  /**
   * What a layer gives for each image of a data set, in evaluation, by the averaged weights where there are such. Where it
   * gives maps, `[H, W, C]`, their mean over the positions is taken.
   *
   * @throws RangeError when the model has no such layer, or the data set does not fit it.
   */
  activations(data: Dataset, options?: ActivationOptions): Promise<Activations> {
    return this.#replica.averaged(() => activations(this, data, options));
  }

  /**
   * Writes a checkpoint: model, optimizer, preprocessing and progress. A folder that holds one is
   * replaced as a whole: a full disk or a kill at any moment leaves the old or the new.
   */
  async save(folder: string): Promise<void> {
    await writeCheckpoint(folder, await this.#checkpoint());
  }

  /**
   * Loads a checkpoint as a new manager. Layers that are not of tfjs need their package imported
   * before, as `import '@bcl/models'`.
   *
   * @throws Error when a file is missing or damaged, a layer unknown, or the loss not a named one.
   */
  static async load(folder: string, { loss, optimizer }: LoadOptions = {}): Promise<ModelManager> {
    const checkpoint = await readCheckpoint(folder);
    const { state } = checkpoint;
    if (!loss && state.loss === null) {
      throw new Error(
        `ModelManager.load: the loss of ${folder} is a function of its author's; pass it as { loss }`,
      );
    }
    const manager = new ModelManager({
      model: await modelFrom(
        checkpoint.topology,
        checkpoint.weights,
        `ModelManager.load: the model of ${folder}`,
        'import the package that it comes from first (@bcl/models for those that begin with Bcl)',
      ),
      optimizer: optimizer ?? optimizerFromConfig(state.optimizer),
      loss: loss ?? (state.loss as SavedLoss),
      preprocessing: Preprocessing.fromJSON(state.preprocessing as never),
      seed: state.seed,
      ...(state.ema === null ? {} : { ema: state.ema }),
    });
    manager.#replica.restoreTraining(checkpoint);
    manager.#take(state);
    return manager;
  }

  /**
   * Puts this manager where a checkpoint stands: weights, optimizer and progress. Model, loss and
   * preprocessing stay its own.
   *
   * @throws Error when the checkpoint is of another model; nothing is changed then.
   */
  async restore(folder: string): Promise<void> {
    const checkpoint = await readCheckpoint(folder);
    checkSameModel(folder, checkpoint.weights.specs, this.#replica.weights);
    this.#replica.restore(checkpoint);
    this.#take(checkpoint.state);
  }

  /** Frees model, optimizer and average. */
  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
    this.#replica.average?.dispose();
  }

  /** Takes over the progress of a checkpoint. */
  #take(state: TrainingState): void {
    const { epoch, step, batch, batchSize, examples, sums, best, mixer } = state;
    this.#state = { epoch, step, batch, batchSize, examples, sums, best, mixer };
    this.#classNames = state.classNames;
  }

  async #checkpoint(): Promise<Checkpoint> {
    const state: TrainingState = {
      version: 1,
      ...this.#state,
      seed: this.seed,
      loss: savedLoss(this.loss),
      optimizer: this.optimizer.getConfig(),
      ema: this.#replica.average?.decay ?? null,
      preprocessing: this.preprocessing.toJSON(),
      classNames: this.#classNames,
    };
    return { state, topology: this.model.toJSON(null, false), ...(await this.#replica.save()) };
  }

  /** Lets a mixer go on where the checkpoint left one of the same settings. */
  #restoreMixer(mixer: Mixer): void {
    const saved = this.#state.mixer;
    if (saved?.state && saved.settings === settingsOf(mixer)) mixer.restore(saved.state);
  }

  #countParameters(): number {
    const weights = Object.values(this.#replica.weights.trainable);
    return weights.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Adds to an error where the last good checkpoint is. */
async function withAdvice(error: unknown, run: Run, which: string): Promise<unknown> {
  if (!(error instanceof Error) || !(await run.hasCheckpoint())) return error;
  error.message += `; ${which} is in ${run.checkpoint}`;
  return error;
}

/** The settings of a mixer as text, to tell whether two are alike. */
function settingsOf(mixer: Mixer): string {
  const { method, oneOf, label, classes, ratio, chance, numClasses, size, seed } = mixer;
  const settings = { method, oneOf, label, classes, ratio, chance, numClasses, size, seed };
  return JSON.stringify(settings, (_, value) => (typeof value === 'function' ? 'function' : value));
}
