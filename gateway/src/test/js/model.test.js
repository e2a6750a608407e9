import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, fixture } from "./fixtures.js";
import { accepts, softmax } from "./page/classifier.js";
import { canonicalJson } from "./page/canonical-json.js";
import { readManifest } from "./page/manifest.js";
import { readModelMetadata } from "./page/onnx-metadata.js";

const varint = (value) => value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const field = (number, content) => [...varint(number * 8 + 2), ...varint(content.length), ...content];

/** A model with weights and other fields around its metadata. */
function onnx(properties) {
  const pairs = Object.entries(properties)
    .flatMap(([key, value]) => field(14, [...field(1, bytes(key)), ...field(2, bytes(value))]));
  return Uint8Array.from([
    ...varint(8), ...varint(2 ** 40), ...field(2, bytes("producer")), ...field(7, Array(1000).fill(0xff)),
    ...varint(20 * 8 + 1), ...Array(8).fill(1), ...pairs, ...varint(21 * 8 + 5), ...Array(4).fill(1)]);
}

test("reads labels, length and word pieces that Java wrote into a file", async () => {
  const { properties, labels, maxTokens, text, ids } = fixture("model.json");
  const model = await readModelMetadata(onnx(properties));
  assert.deepEqual(model.labels, labels);
  assert.equal(model.maxTokens, maxTokens);
  assert.deepEqual(model.tokenizer.encode(text, maxTokens), ids);
});

test("refuses a file whose labels are not those of its fingerprint, or that is cut", async () => {
  const { properties } = fixture("model.json");
  const swapped = { ...properties, "distillstream.labels": '["b","a"]' };
  await assert.rejects(readModelMetadata(onnx(swapped)), /expected distillstream.label-space/);
  await assert.rejects(readModelMetadata(onnx(properties).slice(0, 300)), /its end is missing/);
  await assert.rejects(readModelMetadata(onnx({})), /distillstream.task is missing/);
});

test("writes canonical JSON byte for byte as Java does", () => {
  const cases = fixture("canonical.json");
  assert.ok(cases.length > 3);
  for (const { value, canonical } of cases) {
    assert.equal(new TextDecoder().decode(canonicalJson(value)), canonical);
  }
  for (const value of [0.5, 2 ** 60, "\ud800", NaN]) assert.throws(() => canonicalJson(value), SyntaxError);
});

test("lets logits differ by the tolerance and no further", () => {
  assert.ok(accepts([1, 2, 3], [1.2, 2, 2.8]));
  assert.ok(!accepts([1, 2, 3], [1, 2, 3.3]));
  assert.ok(!accepts([1, 2, 3], [1, 2]));
  assert.ok(!accepts([1, 2, 3], [1, NaN, 3]));
  // Within the tolerance of each other, classes may change places.
  assert.ok(accepts([3, 3.1], [3.2, 3]));
  assert.ok(!accepts([3, 3.3], [3.2, 3.1]));
  assert.deepEqual(softmax([1000, 1000]), [0.5, 0.5]);
});

test("takes manifests of its own channel alone", () => {
  const manifest = fixture("manifest.json");
  const { model, channel, version } = readManifest(manifest, { model: "glosses", channel: "stable" });
  assert.deepEqual([model, channel, version], ["glosses", "stable", 7]);
  assert.throws(() => readManifest(manifest, { model: "glosses", channel: "beta" }),
    /it is of glosses\/stable, not of glosses\/beta/);
  assert.throws(() => readManifest({ ...manifest, version: 2 ** 41 }, { model, channel }), /1 to 2\^40/);
});
