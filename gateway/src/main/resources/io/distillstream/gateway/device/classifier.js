// A text classifier in one ONNX file: text in, probabilities out. The only place that touches ONNX
// Runtime.

import { readModelMetadata } from "./onnx-metadata.js";

const RUNTIME = "ort.wasm.min.mjs";

/**
 * How far logits may lie from the quantizer's. Other processors, and WebAssembly, round and saturate
 * 8-bit products differently; a wrong or damaged model is off by whole units.
 */
const PROBE_TOLERANCE = 0.25;

/** ONNX Runtime from the gateway's folder; null where the gateway has none. */
export async function loadRuntime(folder) {
  const response = await fetch(new URL("index.json", folder));
  if (!response.ok) throw new Error(`The gateway answers ${response.status}`);
  const { files } = await response.json();
  if (!files.includes(RUNTIME)) return null;
  const ort = await import(new URL(RUNTIME, folder).href);
  ort.env.logLevel = "fatal";
  ort.env.wasm.wasmPaths = folder.href;
  // More threads would need shared memory, which a page gets in isolation alone.
  ort.env.wasm.numThreads = 1;
  return ort;
}

export class Classifier {
  #ort;
  #session;
  #metadata;

  constructor(ort, session, metadata) {
    this.#ort = ort;
    this.#session = session;
    this.#metadata = metadata;
  }

  /** Opens a model; throws if it is not what its manifest says, or answers probes otherwise. */
  static async open(ort, file, manifest) {
    if (manifest.format !== "onnx") throw new Error(`its format is ${manifest.format}, expected onnx`);
    const metadata = await readModelMetadata(file);
    if (metadata.labelSpace !== manifest.labelSpace) {
      throw new Error(`its label space is ${metadata.labelSpace}, the manifest says ${manifest.labelSpace}`);
    }
    const session = await ort.InferenceSession.create(file, {
      executionProviders: ["wasm"],
      logSeverityLevel: 4,
    });
    const classifier = new Classifier(ort, session, metadata);
    try {
      await classifier.#check(manifest.probes);
    } catch (error) {
      await classifier.release();
      throw error;
    }
    return classifier;
  }

  /** Classes with their probabilities, the most probable first, and what it took. */
  async predict(text) {
    const begun = performance.now();
    const { logits, tokens } = await this.#run(text);
    const probabilities = softmax(logits);
    const millis = performance.now() - begun;
    const classes = this.#metadata.labels
      .map((label, i) => ({ label, probability: probabilities[i] }))
      .sort((a, b) => b.probability - a.probability);
    return { classes, tokens, millis };
  }

  /** Frees the model; no call may be under way. */
  async release() {
    await this.#session.release();
  }

  async #check(probes) {
    for (const [i, probe] of probes.entries()) {
      const { logits } = await this.#run(probe.text);
      if (!accepts(probe.logits, logits)) {
        throw new Error(`probe ${i} of ${probes.length}: logits differ by`
          + ` ${largestDifference(probe.logits, logits)}, allowed is ${PROBE_TOLERANCE}`);
      }
    }
  }

  async #run(text) {
    const { tokenizer, maxTokens, labels } = this.#metadata;
    const ids = tokenizer.encode(text, maxTokens);
    const row = (values) => new this.#ort.Tensor("int64", values, [1, ids.length]);
    const { logits } = await this.#session.run({
      input_ids: row(BigInt64Array.from(ids, BigInt)),
      attention_mask: row(new BigInt64Array(ids.length).fill(1n)),
    }, ["logits"]);
    if (logits.data.length !== labels.length) {
      throw new Error(`it gives ${logits.data.length} logits for ${labels.length} labels`);
    }
    return { logits: Array.from(logits.data), tokens: ids.length };
  }
}

/** As the other devices do: no logit further off than the bound, and the same class within it. */
export function accepts(expected, actual, tolerance = PROBE_TOLERANCE) {
  if (!(largestDifference(expected, actual) <= tolerance)) return false;
  const chosen = actual.indexOf(Math.max(...actual));
  return Math.max(...expected) - expected[chosen] <= tolerance;
}

/** Infinite if the lengths differ; NaN if there is one. */
const largestDifference = (expected, actual) => expected.length !== actual.length ? Infinity
  : Math.max(0, ...expected.map((logit, i) => Math.abs(Math.fround(logit) - actual[i])));

export function softmax(logits) {
  const max = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - max));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}
