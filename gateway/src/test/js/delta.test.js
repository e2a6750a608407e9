// Deltas of the Java side, applied by the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "./fixtures.js";
import { sha256 } from "./page/bytes.js";
import { InvalidDelta } from "./page/delta/invalid-delta.js";
import { CODECS, applyDelta } from "./page/delta/model-delta.js";
import { deltaRoute } from "./page/delta-route.js";

const bytes = (base64) => new Uint8Array(Buffer.from(base64, "base64"));
const deltas = fixture("deltas.json").map(({ codec, from, delta, to }) =>
  ({ codec, from: bytes(from), delta: bytes(delta), to: bytes(to) }));

const applied = async ({ from, delta }, mostBytes = 1 << 30) =>
  applyDelta(from, delta, await sha256(from), mostBytes);

test("makes the file that the Java side made", async () => {
  for (const one of deltas) {
    assert.equal(one.delta[5], CODECS.get(one.codec));
    assert.deepEqual(Buffer.from(await applied(one)), Buffer.from(one.to), one.codec);
  }
  assert.deepEqual(new Set(deltas.map(({ codec }) => codec)), new Set(CODECS.keys()));
});

test("refuses what is none, or one for another file", async () => {
  const [one] = deltas;
  const damaged = (at, value) => ({ ...one, delta: one.delta.with(at, value) });
  const refused = (delta, message, most) => assert.rejects(() => applied(delta, most),
    (error) => error instanceof InvalidDelta && message.test(error.message));

  await refused({ ...one, from: one.from.with(3, one.from[3] ^ 1) }, /of another file/);
  await refused(damaged(0, 1), /does not begin as a delta does/);
  await refused(damaged(4, 9), /does not begin as a delta does/);
  await refused(damaged(5, 0), /unknown number 0/);
  await refused({ ...one, delta: one.delta.subarray(0, 40) }, /does not begin/);
  await refused(one, /it makes \d+ bytes/, one.to.length - 1);
});

/** Whatever bytes arrive: a file, whose digest tells whether it is the right one, or a refusal. */
test("comes to an end with any bytes", async () => {
  let state = 20_261_129;
  const random = (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (let i = 0; i < 200; i++) {
    const { codec, from, delta, to } = deltas[2 + (i % 2)];
    let hostile = delta.slice();
    for (let flips = 1 + random(4); flips > 0; flips--) {
      hostile[78 + random(random(2) === 0 ? 40 : delta.length - 78)] ^= 1 << random(8);
    }
    if (random(4) === 0) hostile = hostile.subarray(0, 78 + random(delta.length - 78));
    try {
      const made = await applied({ from, delta: hostile });
      assert.equal(made.length, to.length);
      if (codec === "deflate") assert.deepEqual(Buffer.from(made), Buffer.from(to));
    } catch (error) {
      assert.ok(error instanceof InvalidDelta, error.stack);
      refused++;
    }
  }
  assert.ok(refused > 150, `${refused} of 200 were refused`);
});

const name = (letter) => letter.repeat(64);
const step = (from, to, sizeBytes, rest = {}) => ({
  fromSha256: name(from), toSha256: name(to), toSizeBytes: 100, codec: "deflate", sizeBytes, ...rest,
});
const route = (deltas_, here) =>
  deltaRoute({ deltas: deltas_, sha256: name("d"), sizeBytes: 100 }, name(here));

test("goes by the deltas that lead from what is here to the update", () => {
  const all = [step("a", "b", 20), step("b", "c", 30), step("c", "d", 40)];

  assert.deepEqual(route(all, "c"), all.slice(2));
  assert.deepEqual(route(all, "a"), all);
  assert.deepEqual(route(all, "e"), []);
  assert.deepEqual(route([], "c"), []);
});

test("takes the artifact where deltas are not smaller, not known here, or lead elsewhere", () => {
  assert.deepEqual(route([step("b", "c", 60), step("c", "d", 40)], "b"), []);
  assert.deepEqual(route([step("c", "d", 40, { codec: "context-mixing" })], "c"), []);
  assert.deepEqual(route([step("c", "d", 40, { toSizeBytes: 201 })], "c"), []);
  assert.deepEqual(route([step("c", "e", 40)], "c"), []);
});
