// The attacks that the TUF specification lists, on metadata that the pipeline's own signers made.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MemoryStore, Repository, bytes, fixture } from "./fixtures.js";
import { TrustedMetadata, checkTarget } from "./page/tuf.js";

const DAY = 86_400_000;
const MANIFEST = "student/stable/latest.json";
const CHANNEL = "student-stable";
const made = fixture("repository.json");

let repository;
let store;
let now;

/** A page that is loaded anew with every look; its store stays. */
async function look(path = MANIFEST) {
  const metadata = new TrustedMetadata(store, repository.source, () => now);
  await metadata.open(repository.states[0].get("1.root.json"));
  await metadata.refresh();
  return metadata.find(path);
}

const refuses = (kind, message) => assert.rejects(look, (error) => {
  assert.equal(error.kind, kind, error.stack);
  assert.match(error.message, message);
  return true;
});

beforeEach(async () => {
  repository = new Repository(made);
  store = new MemoryStore();
  now = made.now;
  await look();
});

test("takes what the signers published, and the next of it", async () => {
  const first = await look();
  await checkTarget(first, bytes("one"));
  assert.deepEqual(first.role.name, CHANNEL);

  repository.show(1);
  await checkTarget(await look(), bytes("two"));
});

test("finds artifacts by their versions, and nothing that nobody vouches for", async () => {
  await checkTarget(await look("student/stable/1.onnx"), bytes("artifact of one"));
  assert.equal(await look("student/stable/2.onnx"), null);
  assert.equal(await look("student/gamma/latest.json"), null);
});

test("refuses files of another length or digest", async () => {
  const target = await look();
  await assert.rejects(checkTarget(target, bytes("bad")), /its SHA-256 is/);
  await assert.rejects(checkTarget(target, bytes("longer")), /6 bytes, the metadata says 3/);
});

test("refuses what strangers signed", async () => {
  await repository.publish(CHANNEL, () => {}, repository.keys("stranger"));
  await refuses("threshold", /^student-stable: 0 valid signatures by keys of the role, it takes 1/);
});

test("refuses what was changed after it was signed", async () => {
  const text = new TextDecoder().decode(repository.files.get("timestamp.json"));
  const changed = text.replace(/"version":1\b/g, '"version":7');
  assert.notEqual(changed, text);
  repository.files.set("timestamp.json", bytes(changed));
  await refuses("threshold", /^timestamp: 0 valid/);
});

test("counts a key once, whatever it signs: below the threshold of two", async () => {
  const [one] = repository.keys("root");
  repository.root(() => {}, [one, one]);
  await refuses("threshold", /^root: 1 valid signatures by keys of the role, it takes 2/);
});

test("counts a key once, whatever its ids", async () => {
  const [{ id, pem }] = repository.keys(CHANNEL);
  await repository.publish("targets", ({ delegations }) => {
    const role = delegations.roles.find(({ name }) => name === CHANNEL);
    delegations.keys.alias = delegations.keys[id];
    role.keyids = [id, "alias"];
    role.threshold = 2;
  });
  await repository.publish(CHANNEL, () => {}, [{ id, pem }, { id: "alias", pem }]);
  await refuses("threshold", /^student-stable: 1 valid signatures by keys of the role, it takes 2/);
});

test("refuses a root that the one before did not sign, or that is out of turn", async () => {
  const strangers = repository.keys("stranger");
  repository.root((root) => {
    root.keys = { [strangers[0].id]: strangers[0].key };
    for (const role of Object.values(root.roles)) {
      role.keyids = [strangers[0].id];
      role.threshold = 1;
    }
  }, strangers);
  await refuses("threshold", /^root: 0 valid/);

  const root = repository.signed("1.root.json");
  root.version = 3;
  repository.put("2.root.json", root, repository.keys("root"));
  await refuses("rollback", /^root: its version is 3, only 2 may follow 1/);
});

test("refuses to roll the timestamp back, also after a reload", async () => {
  repository.show(1);
  await look();
  repository.show(0);
  await refuses("rollback", /^timestamp: its version is 1, version 2 was trusted before/);
});

test("refuses to roll the snapshot back with a stolen timestamp key", async () => {
  const first = repository.signed("timestamp.json").meta["snapshot.json"];
  repository.show(1);
  await look();
  repository.timestamp((timestamp) => { timestamp.meta["snapshot.json"] = first; });
  await refuses("rollback", /^snapshot: its version is 1, version 2 was trusted before/);
});

test("refuses to roll a channel back with stolen keys of snapshot and timestamp", async () => {
  const first = repository.signed("1.snapshot.json").meta[`${CHANNEL}.json`];
  repository.show(1);
  await look();
  await repository.snapshot((meta) => { meta[`${CHANNEL}.json`] = first; });
  await refuses("rollback", /^student-stable: its version is 1, version 2 was trusted before/);

  await repository.snapshot((meta) => { delete meta[`${CHANNEL}.json`]; });
  await refuses("rollback", /^snapshot: it no longer names the role student-stable/);
});

test("recovers from driven-up versions once a key is replaced", async () => {
  repository.timestamp((timestamp) => { timestamp.version = Number.MAX_SAFE_INTEGER; });
  await look();
  repository.show(1);
  await refuses("rollback", /^timestamp: its version is 2, version 9007199254740991 was/);

  // Of the snapshot alone: the thief may have had the timestamp's, too.
  const strangers = repository.keys("stranger");
  repository.root((root) => {
    root.keys[strangers[0].id] = strangers[0].key;
    root.roles.snapshot.keyids = [strangers[0].id];
  });
  repository.put("2.snapshot.json", repository.signed("2.snapshot.json"), strangers);
  const snapshot = await repository.named(2, "2.snapshot.json");
  repository.timestamp((timestamp) => { timestamp.meta["snapshot.json"] = snapshot; });
  await checkTarget(await look(), bytes("two"));
});

for (const [role, days] of [["timestamp", 1], [CHANNEL, 7], ["root", 365]]) {
  test(`refuses an expired ${role}`, async () => {
    if (role !== "timestamp") {
      repository.expires = "2999-01-01T00:00:00Z";
      await repository.snapshot(() => {});
    }
    if (role === "root") {
      await repository.publish("targets", () => {});
      await repository.publish(CHANNEL, () => {});
    }
    now = made.now + days * DAY - 1000;
    await look();
    now += 1000;
    await refuses("expired", new RegExp(`^${role}: version \\d+ expired at`));
  });
}

test("takes no time to be earlier than one that a manifest proved", async () => {
  const metadata = new TrustedMetadata(store, repository.source, () => now);
  await metadata.open(repository.files.get("1.root.json"));
  await metadata.refresh();
  await metadata.passed(made.now + 100 * DAY);
  now = 0;
  await refuses("expired", /^timestamp: version 1 expired/);
});

test("refuses a mix of states", async () => {
  const oldChannel = repository.files.get(`1.${CHANNEL}.json`);
  repository.show(1);
  const channel = repository.files.get(`2.${CHANNEL}.json`);
  repository.files.set(`2.${CHANNEL}.json`, oldChannel);
  await refuses("mix-and-match", /^student-stable: its file is not the one/);

  repository.files.set(`2.${CHANNEL}.json`, channel);
  await repository.snapshot(() => {});
  repository.put("3.snapshot.json", repository.signed("1.snapshot.json"), repository.keys("snapshot"));
  await refuses("mix-and-match", /^snapshot: its file is not the one/);

  // A timestamp need not tell length and digest.
  repository.timestamp((timestamp) => { timestamp.meta["snapshot.json"] = { version: 3 }; });
  await refuses("mix-and-match", /^snapshot: its version is 1, 3 was named/);
});

test("refuses endless data", async () => {
  repository.files.set("timestamp.json", new Uint8Array(16_385));
  await refuses("endless", /^timestamp: longer than the 16384 bytes allowed/);
});

test("refuses targets with which a role is not trusted", async () => {
  const bad = { length: 3, hashes: { sha256: "0".repeat(64) } };
  await repository.publish("student-beta", ({ targets }) => { targets[MANIFEST] = bad; });
  await repository.publish(CHANNEL, (stable) => {
    stable.targets = { "student/beta/latest.json": bad, "student/stable/deeper/latest.json": bad };
  });

  assert.equal(await look(), null);
  assert.equal(await look("student/stable/deeper/latest.json"), null);
  await checkTarget(await look("student/beta/latest.json"), bytes("beta"));
});

test("names the field of what is no metadata", async () => {
  repository.files.set("timestamp.json", bytes('{"signed":{"_type":"snapshot"},"signatures":[]}'));
  await refuses("malformed", /^timestamp: expected metadata of type timestamp, got snapshot/);
});
