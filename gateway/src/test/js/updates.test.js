// From news to a device that took it, without a browser around.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { MemoryStore, Repository, bytes, fixture } from "./fixtures.js";
import { sha256 } from "./page/bytes.js";
import { BrowserDevice } from "./page/device.js";
import { TrustedMetadata } from "./page/tuf.js";
import { Updates } from "./page/updates.js";

const CHANNEL = { model: "student", channel: "stable" };
const made = fixture("repository.json");

// What a browser has besides; nothing here waits for the ten minutes without news.
Object.defineProperty(globalThis, "navigator",
  { value: { locks: { request: (name, run) => run() } }, configurable: true });
globalThis.setInterval = () => 0;

let repository;
let targets;
let store;
let shown;
let reported;
let page;

beforeEach(() => {
  repository = new Repository(made);
  targets = new Map();
  store = new MemoryStore();
  shown = [];
  reported = [];
});

/** A page that is left asks for nothing any more. */
afterEach(() => { page.left = true; });

/** Notes what it is told. */
const viewOn = (noted) => new Proxy({}, {
  get: (_, name) => (...values) => noted.push([name, ...values]),
});

const encoded = (content) => typeof content === "string" ? bytes(content) : content;

async function publish(version, artifact, vouched = artifact, deltas = []) {
  const digest = await sha256(encoded(artifact));
  const manifest = JSON.stringify({
    ...fixture("manifest.json"),
    ...CHANNEL,
    version,
    artifact: { size_bytes: artifact.length, sha256: digest },
    deltas,
  });
  const target = async (content) => {
    const file = encoded(content);
    const named = { length: file.length, hashes: { sha256: await sha256(file) } };
    targets.set(named.hashes.sha256, file);
    return named;
  };
  const [latest, file] = [await target(manifest), await target(vouched)];
  await repository.publish("student-stable", (role) => {
    role.targets["student/stable/latest.json"] = latest;
    role.targets[`student/stable/${version}.onnx`] = file;
  });
}

/** A page that hears of a version, and has come to an end with it when `until` holds. */
async function hear(version, until) {
  if (page) page.left = true;
  const gateway = {
    received: 0,
    async file(path) {
      const file = targets.get(/\/([0-9a-f]{64})(\.[^/]+)?$/.exec(path)[1]);
      this.received += file?.length ?? 0;
      return file;
    },
    async *events(path, lastId, opened) {
      opened();
      yield { id: "1", name: "update", data: JSON.stringify({ version }) };
      await new Promise(() => {});
    },
  };
  const here = { left: false };
  page = here;
  const source = (name) => here.left ? new Promise(() => {}) : repository.source(name);
  const metadata = new TrustedMetadata(store, source, () => made.now);
  await metadata.open(repository.states[0].get("1.root.json"));
  const device = new BrowserDevice(store, null, viewOn(shown), CHANNEL, viewOn(reported));
  await device.begin();
  new Updates(gateway, metadata, CHANNEL, device).follow();
  for (let i = 0; i < 500 && !until(device); i++) {
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
  assert.ok(until(device), JSON.stringify(shown));
  return device;
}

const told = (name) => shown.filter(([what]) => what === name);

test("takes what the channel vouches for, verified though there is no runtime", async () => {
  await publish(7, "seven");
  await hear(7, (device) => device.version() === 7);

  const [, installed, history, runs] = told("model").at(-1);
  assert.deepEqual([installed.version, installed.sizeBytes, runs], [7, 5, false]);
  assert.equal(history.length, 1);
  assert.equal(new TextDecoder().decode(store.entries.get("model/student/stable").installed.artifact), "seven");
  assert.deepEqual(told("refused"), []);
  assert.deepEqual(reported, [], "what does not run is not reported");
});

test("has it again after a reload, and takes the next", async () => {
  await publish(7, "seven");
  await hear(7, (device) => device.version() === 7);
  await publish(8, "eight");
  await hear(8, (device) => device.version() === 8);

  assert.deepEqual(told("model").at(-1)[2].map(({ version }) => version), [8, 7]);
});

/** Two versions with the delta between them, of the Java side. */
async function versions() {
  const [from, delta, to] = ["from", "delta", "to"].map((name) =>
    new Uint8Array(Buffer.from(fixture("deltas.json")[4][name], "base64")));
  const named = {
    from_sha256: await sha256(from),
    to_sha256: await sha256(to),
    to_size_bytes: to.length,
    codec: "context-mixing-3",
    file: { size_bytes: delta.length, sha256: await sha256(delta) },
  };
  return { from, delta, to, named };
}

const installedArtifact = () => Buffer.from(store.entries.get("model/student/stable").installed.artifact);

test("makes the next version by a delta of the one that is here", async () => {
  const { from, delta, to, named } = await versions();
  await publish(7, from);
  await hear(7, (device) => device.version() === 7);
  targets.set(named.file.sha256, delta);
  await publish(8, to, to, [named]);
  await hear(8, (device) => device.version() === 8);

  const [last, first] = told("model").at(-1)[2];
  assert.deepEqual([first.byDelta, last.byDelta], [false, true]);
  assert.ok(last.bytesReceived < delta.length + 10_000 && first.bytesReceived > from.length);
  assert.deepEqual(installedArtifact(), Buffer.from(to));
});

test("takes the whole artifact where a delta is gone, damaged or makes another file", async () => {
  const { from, delta, to, named } = await versions();
  const other = { ...named, to_sha256: await sha256(from) };
  const cases = [
    [named, undefined],
    [named, delta.with(500, delta[500] ^ 1)],
    [{ ...named, file: { ...named.file, sha256: await sha256(delta.subarray(0, 300)) } }, delta.subarray(0, 300)],
    [other, delta],
  ];
  for (const [deltas, file] of cases) {
    store = new MemoryStore();
    repository = new Repository(made);
    await publish(7, from);
    await hear(7, (device) => device.version() === 7);
    targets.delete(named.file.sha256);
    if (file) targets.set(deltas.file.sha256, file);
    await publish(8, to, to, [deltas]);
    await hear(8, (device) => device.version() === 8);

    assert.equal(told("model").at(-1)[2][0].byDelta, false);
    assert.deepEqual(installedArtifact(), Buffer.from(to));
  }
  assert.deepEqual(told("refused"), []);
});

test("never goes back to an older version, though the channel's key vouches for it", async () => {
  await publish(7, "seven");
  await hear(7, (device) => device.version() === 7);
  await publish(6, "six");
  shown = [];
  const device = await hear(6, () => told("verified").length >= 2);

  assert.equal(device.version(), 7);
});

test("refuses an artifact of which manifest and metadata say different things", async () => {
  await publish(7, "seven", "other");
  const device = await hear(7, () => told("model").at(-1)[2].length > 0);

  assert.equal(device.version(), 0);
  assert.match(told("model").at(-1)[2][0].rejected, /vouches for another artifact/);
  assert.deepEqual(reported.map(([what, { version }]) => [what, version]), [["rejected", 7]]);
});

test("refuses bytes that are not the target's", async () => {
  await publish(7, "seven");
  targets.set(await sha256(bytes("seven")), bytes("sEven"));
  const device = await hear(7, () => told("refused").length > 0);

  assert.equal(device.version(), 0);
  assert.match(told("refused")[0][1], /^student\/stable\/7.onnx: its SHA-256 is/);
});

test("installs nothing that the browser cannot keep", async () => {
  await publish(7, "seven");
  const { put } = store;
  store.put = (name, value) => name.startsWith("model/")
    ? Promise.reject(new Error("the storage is full")) : put(name, value);
  const device = await hear(7, () => told("refused").length > 0);

  assert.equal(device.version(), 0);
  assert.match(told("refused")[0][1], /the storage is full/);
});
