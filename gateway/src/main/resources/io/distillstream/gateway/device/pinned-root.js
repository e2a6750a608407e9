// The root that this browser trusts. The first one comes from the gateway, as this page does:
// trusted on first use, or held to the digest that the page's address names.

import { sha256 } from "./bytes.js";
import { readMetadata, verify } from "./metadata.js";

const PINNED = "pinned-root";
const MOST_BYTES = 512_000;

/** The root is not the one that it should be. `trusted` is true where another was trusted before. */
export class RootRefusal extends Error {
  constructor(message, trusted) {
    super(message);
    this.name = "RootRefusal";
    this.trusted = trusted;
  }
}

/** The gateway has no repository: its updates are not signed. */
export class Unsigned extends Error {}

/**
 * The root to begin with, as {file, digest, since, named}; `named` tells whether an address named it.
 *
 * @param source (name, maxBytes) to a promise of the repository's file
 * @param expected SHA-256 of it, from the address; null where that names none
 */
export async function pinnedRoot(store, source, expected, now = Date.now) {
  const kept = await store.get(PINNED);
  if (kept) {
    if (expected && expected !== kept.digest) {
      throw new RootRefusal(`The address names the root ${expected}, but this browser has trusted`
        + ` ${kept.digest} since ${new Date(kept.since).toISOString().slice(0, 10)}.`, true);
    }
    return expected && !kept.named ? pin(store, { ...kept, named: true }) : kept;
  }
  const file = await source("1.root.json", MOST_BYTES);
  if (!file) throw new Unsigned("The gateway has no TUF repository");
  const digest = await sha256(file);
  if (expected && digest !== expected) {
    throw new RootRefusal(
      `The address names the root ${expected}, but the gateway offers ${digest}.`, false);
  }
  const root = readMetadata("root", "root", file);
  await verify(root, root.roles.get("root"));
  return pin(store, { file, digest, since: now(), named: Boolean(expected) });
}

async function pin(store, root) {
  await store.put(PINNED, root);
  return root;
}
