import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore, Repository, fixture } from "./fixtures.js";
import { sha256 } from "./page/bytes.js";
import { RootRefusal, Unsigned, pinnedRoot } from "./page/pinned-root.js";

const repository = new Repository(fixture("repository.json"));
const digest = await sha256(repository.files.get("1.root.json"));
const other = "0".repeat(64);

test("trusts the first root, and goes on trusting it when the gateway offers another", async () => {
  const store = new MemoryStore();
  const first = await pinnedRoot(store, repository.source, null, () => 7);
  assert.deepEqual([first.digest, first.since, first.named], [digest, 7, false]);

  const later = await pinnedRoot(store, async () => assert.fail("asked again"), null);
  assert.equal(later.digest, digest);
});

test("takes a first root that the address names, and no other one", async () => {
  await assert.rejects(pinnedRoot(new MemoryStore(), repository.source, other),
    (error) => error instanceof RootRefusal && !error.trusted);
  assert.equal((await pinnedRoot(new MemoryStore(), repository.source, digest)).named, true);
});

test("keeps the root that it trusts when the address names another", async () => {
  const store = new MemoryStore();
  await pinnedRoot(store, repository.source, null);
  await assert.rejects(pinnedRoot(store, repository.source, other),
    (error) => error instanceof RootRefusal && error.trusted);
  assert.equal((await pinnedRoot(store, repository.source, digest)).named, true);
});

test("pins nothing that its own keys did not sign", async () => {
  const store = new MemoryStore();
  const root = repository.signed("1.root.json");
  const forged = new Repository(fixture("repository.json"));
  forged.put("1.root.json", root, forged.keys("stranger"));
  await assert.rejects(pinnedRoot(store, forged.source, null), /^TufRefusal: root: 0 valid/);
  assert.equal(store.entries.size, 0);
});

test("says that a gateway without a repository has unsigned updates", async () => {
  await assert.rejects(pinnedRoot(new MemoryStore(), async () => undefined, null), Unsigned);
});
