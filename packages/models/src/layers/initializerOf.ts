import * as tf from '@tensorflow/tfjs-core';
import type { initializers } from '@tensorflow/tfjs-layers';

/** What fills a weight at first. */
export type Initializer = ReturnType<typeof initializers.ones>;

/** The same as a configuration holds it. */
export interface SerializedInitializer {
  className: string;
  config: tf.serialization.ConfigDict;
}

/** An initializer, given itself or as a configuration holds it. */
export function initializerOf(given: Initializer | SerializedInitializer): Initializer {
  if (!('className' in given)) return given;
  const { className, config } = given;
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  const entry = Object.hasOwn(known, className) ? known[className] : undefined;
  if (!entry) {
    throw new Error(
      `initializerOf: no initializer is registered as ${JSON.stringify(className)}; import the package that has it`,
    );
  }
  const [cls, fromConfig] = entry;
  return fromConfig(cls, config) as Initializer;
}

/** An initializer as a configuration holds it. */
export function serializedInitializer(initializer: Initializer): tf.serialization.ConfigDict {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}
