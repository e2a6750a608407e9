// What this browser trusts: the client workflow of the TUF specification 1.0.34, section 5, of a
// repository with consistent snapshots. refresh() takes it to the repository's present state,
// find() tells what that state vouches for. What was trusted before outlasts reloads in a store.

import { sha256 } from "./bytes.js";
import { covers } from "./delegation.js";
import { TufRefusal, isNamed, readMetadata, sameKeys, verify } from "./metadata.js";

/** How much is read before signatures are checked; the limits of the reference client. */
const LIMITS = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000 };
const MOST_ROOT_ROTATIONS = 256;
const MOST_DELEGATIONS = 32;
const LATEST_TIME = "latest-time";

const fileOf = (role) => `${encodeURIComponent(role)}.json`;

export class TrustedMetadata {
  #store;
  #source;
  #clock;
  #root;
  #timestamp = null;
  #snapshot = null;
  #start = 0;
  #ready = false;

  /**
   * @param store of bytes by name: get(), put() and delete(), each a promise
   * @param source (name, maxBytes) to a promise of the repository's file, undefined if there is none
   * @param clock epoch milliseconds
   */
  constructor(store, source, clock = Date.now) {
    this.#store = store;
    this.#source = source;
    this.#clock = clock;
  }

  /** Begins with a root that is trusted for a reason of its own, and goes on to the newest kept. */
  async open(rootFile) {
    const given = readMetadata("root", "root", rootFile);
    this.#root = await verify(given, given.roles.get("root"));
    try {
      for (;;) {
        const kept = await this.#store.get(this.#nextRoot());
        if (!kept) break;
        this.#root = await this.#successor(kept);
      }
    } catch (error) {
      if (!(error instanceof TufRefusal)) throw error;
      // Damaged, or of another repository: asked for again as if it were not there.
      await this.#store.delete(this.#nextRoot());
    }
    return this;
  }

  /** Takes over the present state; expiries are held against the time of the call. */
  async refresh() {
    this.#ready = false;
    this.#start = Math.max(this.#clock(), await this.#latestTime());
    await this.#followRoots();
    this.#requireCurrent(this.#root);
    this.#timestamp = await this.#newestTimestamp();
    this.#snapshot = await this.#newestSnapshot(this.#timestamp.snapshot);
    await this.#targets("targets", this.#root.roles.get("targets"));
    this.#ready = true;
  }

  /** The target of this path, {path, length, sha256, role}; null if nobody may vouch for it. */
  async find(path) {
    if (!this.#ready) throw new Error(`Refresh first: there is no state to find ${path} in`);
    const pathHash = await sha256(new TextEncoder().encode(path));
    const ahead = [{ name: "targets", keys: this.#root.roles.get("targets") }];
    const visited = new Set();
    while (ahead.length > 0 && visited.size < MOST_DELEGATIONS) {
      const role = ahead.shift();
      if (visited.has(role.name)) continue;
      visited.add(role.name);
      const metadata = await this.#targets(role.name, role.keys);
      const target = metadata.targets.get(path);
      if (target) {
        return { ...target, role: { name: role.name, version: metadata.version, expires: metadata.expires } };
      }
      // In the order of their priority, into the depth first; a terminating one is the last asked.
      const next = metadata.delegations.filter((delegated) => covers(delegated, path, pathHash));
      const last = next.findIndex((delegated) => delegated.terminating);
      if (last >= 0) ahead.length = 0;
      ahead.unshift(...(last >= 0 ? next.slice(0, last + 1) : next));
    }
    return null;
  }

  /**
   * Takes note of a time that has certainly passed, so that a clock that is put back revives
   * nothing. No time beyond the timestamp's expiry counts: no manifest can expire everything.
   */
  async passed(millis) {
    const time = Math.min(millis, this.#timestamp.expires);
    if (time > (await this.#latestTime())) {
      await this.#store.put(LATEST_TIME, new TextEncoder().encode(String(time)));
    }
  }

  /** The versions that are trusted now, by top-level role. */
  versions() {
    return {
      root: this.#root.version,
      timestamp: this.#timestamp?.version,
      snapshot: this.#snapshot?.version,
    };
  }

  async #followRoots() {
    for (let i = 0; i < MOST_ROOT_ROTATIONS; i++) {
      const file = await this.#fetch("root", this.#nextRoot(), LIMITS.root);
      if (!file) return;
      const next = await this.#successor(file);
      const replaced = (role) => !sameKeys(next.roles.get(role), this.#root.roles.get(role));
      if (replaced("timestamp") || replaced("snapshot")) {
        // Versions that a stolen key drove up count no longer once the key is replaced.
        await this.#store.delete(fileOf("timestamp"));
        await this.#store.delete(fileOf("snapshot"));
      }
      await this.#store.put(this.#nextRoot(), file);
      this.#root = next;
    }
  }

  async #successor(file) {
    const next = readMetadata("root", "root", file);
    await verify(next, this.#root.roles.get("root"));
    await verify(next, next.roles.get("root"));
    if (next.version !== this.#root.version + 1) {
      throw new TufRefusal("rollback", "root", `its version is ${next.version}, only`
        + ` ${this.#root.version + 1} may follow ${this.#root.version}`);
    }
    return next;
  }

  async #newestTimestamp() {
    const keys = this.#root.roles.get("timestamp");
    const file = await this.#fetch("timestamp", fileOf("timestamp"), LIMITS.timestamp);
    if (!file) throw new TufRefusal("missing", "timestamp", "the repository has no timestamp.json");
    const found = await verify(readMetadata("timestamp", "timestamp", file), keys);
    const kept = await this.#kept("timestamp", keys);
    const same = kept?.version === found.version;
    const newest = same ? kept : found;
    if (kept) {
      requireNotOlder("timestamp", found.version, kept.version);
      requireNotOlder("snapshot", newest.snapshot.version, kept.snapshot.version);
    }
    this.#requireCurrent(newest);
    if (!same) await this.#store.put(fileOf("timestamp"), file);
    return newest;
  }

  async #newestSnapshot(named) {
    const keys = this.#root.roles.get("snapshot");
    const kept = await this.#kept("snapshot", keys);
    const same = kept?.version === named.version && (await isNamed(named, kept.file));
    const file = same ? kept.file : await this.#versioned("snapshot", named, LIMITS.snapshot);
    const newest = await verify(readMetadata("snapshot", "snapshot", file), keys);
    requireNamed("snapshot", newest, named);
    for (const [role, before] of kept?.meta ?? []) {
      const now = newest.meta.get(role);
      if (!now) throw new TufRefusal("rollback", "snapshot", `it no longer names the role ${role}`);
      requireNotOlder(role, now.version, before.version);
    }
    this.#requireCurrent(newest);
    if (!same) await this.#store.put(fileOf("snapshot"), file);
    return newest;
  }

  async #targets(role, keys) {
    const named = this.#snapshot.meta.get(role);
    if (!named) throw new TufRefusal("missing", "snapshot", `it has no entry for ${role}`);
    // Apart from the names of the other roles' files, whatever a delegated role is called.
    const keptName = `role-${fileOf(role)}`;
    const kept = await this.#store.get(keptName);
    if (kept) {
      try {
        return await this.#checked(role, kept, keys, named);
      } catch (error) {
        if (!(error instanceof TufRefusal)) throw error;
        // Of an earlier state; the repository has the one of this.
        await this.#store.delete(keptName);
      }
    }
    const file = await this.#versioned(role, named, LIMITS.targets);
    const found = await this.#checked(role, file, keys, named);
    await this.#store.put(keptName, file);
    return found;
  }

  async #checked(role, file, keys, named) {
    await requireFile(role, file, named);
    const targets = await verify(readMetadata("targets", role, file), keys);
    requireNamed(role, targets, named);
    this.#requireCurrent(targets);
    return targets;
  }

  async #versioned(role, named, limit) {
    const name = `${named.version}.${fileOf(role)}`;
    const file = await this.#fetch(role, name, Math.min(limit, named.length ?? limit));
    if (!file) throw new TufRefusal("missing", role, `the repository has no ${name}`);
    await requireFile(role, file, named);
    return file;
  }

  async #fetch(role, name, maxBytes) {
    const file = await this.#source(name, maxBytes);
    if (file && file.length > maxBytes) {
      throw new TufRefusal("endless", role, `longer than the ${maxBytes} bytes allowed`);
    }
    return file;
  }

  /** What was trusted before, unless its keys are no longer the role's. */
  async #kept(role, keys) {
    const file = await this.#store.get(fileOf(role));
    if (!file) return null;
    try {
      return await verify(readMetadata(role, role, file), keys);
    } catch (error) {
      if (!(error instanceof TufRefusal)) throw error;
      await this.#store.delete(fileOf(role));
      return null;
    }
  }

  async #latestTime() {
    const file = await this.#store.get(LATEST_TIME);
    return file ? Number(new TextDecoder().decode(file)) : 0;
  }

  #nextRoot() {
    return `${this.#root.version + 1}.${fileOf("root")}`;
  }

  #requireCurrent({ role, version, expires }) {
    if (this.#start >= expires) {
      throw new TufRefusal("expired", role,
        `version ${version} expired at ${new Date(expires).toISOString()}`);
    }
  }
}

/** Holds a file to the target that metadata vouches for. */
export async function checkTarget({ path, length, sha256: digest }, file) {
  if (file.length !== length) {
    throw new TufRefusal("target", path, `it has ${file.length} bytes, the metadata says ${length}`);
  }
  const actual = await sha256(file);
  if (actual !== digest) {
    throw new TufRefusal("target", path, `its SHA-256 is ${actual}, the metadata says ${digest}`);
  }
  return file;
}

function requireNotOlder(role, version, trusted) {
  if (version < trusted) {
    throw new TufRefusal("rollback", role,
      `its version is ${version}, version ${trusted} was trusted before`);
  }
}

function requireNamed(role, { version }, named) {
  if (version !== named.version) {
    throw new TufRefusal("mix-and-match", role,
      `its version is ${version}, ${named.version} was named`);
  }
}

async function requireFile(role, file, named) {
  if (!(await isNamed(named, file))) {
    throw new TufRefusal("mix-and-match", role,
      "its file is not the one whose length and SHA-256 were named");
  }
}
