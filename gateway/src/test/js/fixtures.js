// What the Java side wrote for these tests, and what an attacker may have a hand in.

import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { sha256 } from "./page/bytes.js";
import { canonicalJson } from "./page/canonical-json.js";

export const fixture = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

export const bytes = (text) => new TextEncoder().encode(text);

/** A store in memory; it outlasts a client, as the browser's outlasts a page. */
export class MemoryStore {
  entries = new Map();

  get = async (name) => this.entries.get(name);
  put = async (name, value) => { this.entries.set(name, value); };
  delete = async (name) => { this.entries.delete(name); };
}

/** A mirror of a repository that was made by the real signers, and all of its keys. */
export class Repository {
  /** Of what is signed from now on; as before where it is not set. */
  expires;

  #keys;

  constructor({ states, keys }) {
    this.states = states.map((files) => new Map(Object.entries(files)
      .map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, "base64"))])));
    this.#keys = keys;
    this.files = new Map(this.states[0]);
  }

  source = async (name) => this.files.get(name);

  /** Takes over a state that was really published. */
  show(state) {
    for (const [name, file] of this.states[state]) this.files.set(name, file);
  }

  signed = (name) => JSON.parse(new TextDecoder().decode(this.files.get(name))).signed;

  /** Signs with the keys of a role, or with others, and puts the file in its place. */
  put(name, given, signers) {
    const signed = { ...given, expires: this.expires ?? given.expires };
    const form = canonicalJson(signed);
    const signatures = signers.map(({ id, pem }) => ({
      keyid: id,
      sig: sign(null, form, createPrivateKey(pem)).toString("hex"),
    }));
    this.files.set(name, bytes(JSON.stringify({ signatures, signed })));
  }

  keys = (role) => this.#keys[role];

  /** Changes a role's newest metadata and names it in a new snapshot and timestamp. */
  async publish(role, change, signers = this.keys(role)) {
    const { version } = this.signed(this.newest("snapshot")).meta[`${role}.json`];
    const signed = this.signed(`${version}.${role}.json`);
    signed.version++;
    change(signed);
    this.put(`${signed.version}.${role}.json`, signed, signers);
    await this.snapshot(async (meta) => {
      meta[`${role}.json`] = await this.named(signed.version, `${signed.version}.${role}.json`);
    });
  }

  async snapshot(change) {
    const signed = this.signed(this.newest("snapshot"));
    signed.version++;
    await change(signed.meta);
    const name = `${signed.version}.snapshot.json`;
    this.put(name, signed, this.keys("snapshot"));
    const snapshot = await this.named(signed.version, name);
    this.timestamp((timestamp) => { timestamp.meta["snapshot.json"] = snapshot; });
  }

  timestamp(change) {
    const signed = this.signed("timestamp.json");
    signed.version++;
    change(signed);
    this.put("timestamp.json", signed, this.keys("timestamp"));
  }

  root(change, signers = this.keys("root")) {
    const signed = this.signed(this.newest("root"));
    signed.version++;
    change(signed);
    this.put(`${signed.version}.root.json`, signed, signers);
  }

  newest(role) {
    const versions = [...this.files.keys()]
      .filter((name) => name.endsWith(`.${role}.json`)).map((name) => parseInt(name, 10));
    return `${Math.max(...versions)}.${role}.json`;
  }

  async named(version, name) {
    const file = this.files.get(name);
    return { version, length: file.length, hashes: { sha256: await sha256(file) } };
  }
}
