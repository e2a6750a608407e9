// What a gateway is told, without a browser around.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MemoryStore } from "./fixtures.js";
import { GatewayError } from "./page/gateway.js";
import { Reports } from "./page/reports.js";

const MANIFEST = { model: "student", channel: "stable" };

let store;
let posted;
let failures;
let errors;

beforeEach(() => {
  store = new MemoryStore();
  posted = [];
  failures = [];
  errors = [];
});

/** One after the other, as the browser's locks do. */
function locks() {
  const tails = new Map();
  return {
    request: (name, run) => {
      const result = (tails.get(name) ?? Promise.resolve()).then(run);
      tails.set(name, result.catch(() => {}));
      return result;
    },
  };
}

const gateway = {
  post: async (path, content) => {
    const failure = failures.shift();
    if (failure) throw failure;
    posted.push([path, structuredClone(content)]);
  },
};

async function opened(shared = locks()) {
  const reports = new Reports(store, gateway, (error) => errors.push(error), shared);
  await reports.begin();
  return reports;
}

const manifest = (version, starts = [], counts = starts.map(() => 1)) =>
  ({ ...MANIFEST, version, arrivals: { starts, counts } });

async function until(holds) {
  for (let i = 0; i < 1_000 && !holds(); i++) {
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
  assert.ok(holds(), JSON.stringify({ posted, errors: errors.map(String) }));
}

test("says once what became of an update, in whichever tab and after a reload", async () => {
  const shared = locks();
  const [one, another] = [await opened(shared), await opened(shared)];
  one.answered = 5;
  const { joined } = store.entries.get("reports");
  const later = joined + 100;
  await Promise.all([one, another].map((reports) =>
    reports.installed(manifest(7, [joined - 100, later, later + 100], [1, 2, 3]))));
  await (await opened(shared)).installed(manifest(7, [later]));
  await one.rejected(manifest(8, [later]), "a probe gives other logits");
  await until(() => posted.length === 2);

  const [[path, first], [, second]] = posted;
  assert.equal(path, "reports");
  assert.match(first.device_id, /^browser-[0-9a-f]{16}$/);
  assert.match(first.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual({ ...first, device_id: "", at: "" }, {
    device_id: "", at: "", ...MANIFEST, version: 7, outcome: "INSTALLED", reason: null,
    arrivals: { starts_millis: [later, later + 100], counts: [2, 3] }, answers_served: 5,
  });
  assert.deepEqual([second.device_id, second.version, second.outcome, second.reason, second.arrivals],
    [first.device_id, 8, "REJECTED", "a probe gives other logits", { starts_millis: [], counts: [] }]);
  assert.deepEqual(errors, []);
});

test("sends again what was not taken in, also after a reload", async () => {
  failures = [new GatewayError(0, "away"), new GatewayError(503, "starting")];
  await (await opened()).installed(manifest(7));
  await until(() => posted.length === 1);

  failures = Array(50).fill(new GatewayError(0, "away"));
  await (await opened()).installed(manifest(8));
  await until(() => failures.length < 50);
  assert.equal(posted.length, 1);
  failures = [];
  await opened();
  await until(() => posted.length >= 2);
  assert.deepEqual(posted.map(([, { version }]) => version).slice(0, 2), [7, 8]);
});

test("gives up what is refused for good, and goes on with the next", async () => {
  failures = [new GatewayError(400, "'version' must be from 1 to 2^40")];
  const reports = await opened();
  await reports.installed(manifest(7));
  await reports.installed(manifest(8));
  await until(() => posted.length === 1);
  assert.equal(posted[0][1].version, 8);
  assert.deepEqual(store.entries.get("reports").waiting, []);
});

test("says how it is, and needs no answer", async () => {
  const reports = await opened();
  reports.answered = 3;
  failures = [new GatewayError(0, "away")];
  await reports.status(7);
  await reports.status(7);

  assert.equal(posted.length, 1);
  const [path, status] = posted[0];
  assert.equal(path, "status");
  assert.deepEqual([status.answers_served, status.installed_version], [3, 7]);
  assert.deepEqual(errors, []);
});

test("tells its own errors", async () => {
  const reports = await opened();
  failures = [new TypeError("a mistake")];
  await reports.installed(manifest(7));
  await until(() => errors.length > 0);
  assert.equal(errors[0].message, "a mistake");
});
