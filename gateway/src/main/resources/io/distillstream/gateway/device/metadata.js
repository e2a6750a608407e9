// TUF metadata by the specification's sections 4.3 to 4.6, and who signed it. What is signed is the
// canonical form of what was read, members included that this page does not know.

import { fromHex, parseJson, sha256 } from "./bytes.js";
import { canonicalJson } from "./canonical-json.js";

/** Metadata or a file that must not be trusted; `kind` says which attack it could be. */
export class TufRefusal extends Error {
  constructor(kind, role, message) {
    super(`${role}: ${message}`);
    this.name = "TufRefusal";
    this.kind = kind;
    this.role = role;
  }
}

export const TOP_LEVEL = ["root", "targets", "snapshot", "timestamp"];

/** Reads a file of one type; nobody has checked its signatures until verify(). */
export function readMetadata(type, role, file) {
  try {
    const envelope = parseJson(file);
    const signed = object(envelope.signed, "signed");
    expect(signed._type === type, `expected metadata of type ${type}, got ${signed._type}`);
    expect(/^1(\.\d{1,9}){1,2}$/.test(signed.spec_version),
      `expected version 1 of the specification, got ${signed.spec_version}`);
    return {
      role,
      file,
      version: wholeNumber(signed.version, "version", 1),
      expires: time(signed.expires),
      signatures: list(envelope.signatures, "signatures").map(({ keyid, sig }) => ({
        keyid: text(keyid, "keyid"),
        sig: text(sig, "sig"),
      })),
      signedBytes: canonicalJson(signed),
      ...FORMATS[type](signed),
    };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw new TufRefusal("malformed", role, error.message);
    }
    throw error;
  }
}

/** Holds metadata to a role's threshold. A key counts once, however many ids or signatures it has. */
export async function verify(metadata, { keys, threshold }) {
  const signers = new Set();
  for (const { keyid, sig } of metadata.signatures) {
    const key = keys.get(keyid);
    if (key && !signers.has(key.publicHex) && (await verifies(key, metadata.signedBytes, sig))) {
      signers.add(key.publicHex);
    }
  }
  if (signers.size < threshold) {
    throw new TufRefusal("threshold", metadata.role,
      `${signers.size} valid signatures by keys of the role, it takes ${threshold}`);
  }
  return metadata;
}

async function verifies({ type, scheme, publicHex }, signed, sig) {
  const publicKey = fromHex(publicHex);
  const signature = fromHex(sig);
  if (type !== "ed25519" || scheme !== "ed25519" || publicKey?.length !== 32 || !signature) {
    return false;
  }
  let key;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch (error) {
    // A browser without Ed25519 is not the same as a wrong signature.
    if (error.name === "NotSupportedError") throw error;
    return false;
  }
  return crypto.subtle.verify("Ed25519", key, signature, signed);
}

/** Whether a file's length and digest are those that other metadata names. */
export async function isNamed(named, file) {
  return (named.length === undefined || named.length === file.length)
    && (named.sha256 === undefined || named.sha256 === (await sha256(file)));
}

/** Whether two roles have the same keys and threshold. */
export function sameKeys(a, b) {
  const ids = (role) => [...role.keys].map(([id, key]) => id + key.publicHex).sort().join();
  return a.threshold === b.threshold && ids(a) === ids(b);
}

const FORMATS = {
  root(signed) {
    const keys = readKeys(signed.keys);
    const roles = object(signed.roles, "roles");
    expect(signed.consistent_snapshot === true, "expected a repository of consistent snapshots");
    return { roles: new Map(TOP_LEVEL.map((role) => [role, roleKeys(roles[role], keys)])) };
  },
  timestamp: (signed) =>
    ({ snapshot: metaFile(object(signed.meta, "meta")["snapshot.json"]) }),
  snapshot: (signed) => ({
    meta: new Map(Object.entries(object(signed.meta, "meta")).map(([name, file]) => {
      expect(name.endsWith(".json"), `expected names that end in .json in meta, got ${name}`);
      return [name.slice(0, -".json".length), metaFile(file)];
    })),
  }),
  targets: (signed) => ({
    targets: new Map(Object.entries(object(signed.targets, "targets")).map(([path, target]) => [
      path,
      { path, length: wholeNumber(target.length, "length", 0), sha256: digest(target.hashes) },
    ])),
    delegations: signed.delegations === undefined ? [] : delegations(signed.delegations),
  }),
};

function delegations(given) {
  expect(given.succinct_roles === undefined, "delegations to succinct_roles are not supported");
  const keys = readKeys(given.keys);
  const names = new Set(["", ...TOP_LEVEL]);
  return list(given.roles, "roles").map((role) => {
    const name = text(role.name, "name");
    expect(!names.has(name), `a delegated role cannot be named "${name}" here`);
    names.add(name);
    expect((role.paths === undefined) !== (role.path_hash_prefixes === undefined),
      `expected either paths or path_hash_prefixes of delegated role ${name}`);
    expect(typeof role.terminating === "boolean", "expected terminating to be true or false");
    return {
      name,
      keys: roleKeys(role, keys),
      terminating: role.terminating,
      paths: texts(role.paths ?? [], "paths"),
      pathHashPrefixes: texts(role.path_hash_prefixes ?? [], "path_hash_prefixes"),
    };
  });
}

function readKeys(keys) {
  return new Map(Object.entries(object(keys, "keys")).map(([id, key]) => [
    id,
    {
      type: text(key.keytype, "keytype"),
      scheme: text(key.scheme, "scheme"),
      publicHex: text(object(key.keyval, "keyval").public, "public").toLowerCase(),
    },
  ]));
}

function roleKeys(role, keys) {
  const ids = texts(object(role, "role").keyids, "keyids");
  expect(new Set(ids).size === ids.length, "keyids names a key twice");
  for (const id of ids) expect(keys.has(id), `keyids names a key that is not in keys: ${id}`);
  return {
    keys: new Map(ids.map((id) => [id, keys.get(id)])),
    threshold: wholeNumber(role.threshold, "threshold", 1),
  };
}

function metaFile(file) {
  return {
    version: wholeNumber(object(file, "meta").version, "version", 1),
    length: file.length === undefined ? undefined : wholeNumber(file.length, "length", 1),
    sha256: file.hashes === undefined ? undefined : digest(file.hashes),
  };
}

function digest(hashes) {
  expect(/^[0-9a-f]{64}$/.test(object(hashes, "hashes").sha256),
    "expected 64 lower-case hexadecimal digits at hashes.sha256");
  return hashes.sha256;
}

function time(value) {
  const millis = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(value) ? Date.parse(value) : NaN;
  expect(!Number.isNaN(millis), "expected a UTC time such as 2030-01-31T12:00:00Z in expires");
  return millis;
}

const texts = (value, name) => list(value, name).map((one) => text(one, name));

function text(value, name) {
  expect(typeof value === "string", `expected a string at ${name}`);
  return value;
}

function list(value, name) {
  expect(Array.isArray(value), `expected a list at ${name}`);
  return value;
}

function object(value, name) {
  expect(value !== null && typeof value === "object" && !Array.isArray(value),
    `expected an object at ${name}`);
  return value;
}

function wholeNumber(value, name, least) {
  expect(Number.isSafeInteger(value) && value >= least,
    `expected a whole number of at least ${least} at ${name}`);
  return value;
}

function expect(holds, message) {
  if (!holds) throw new SyntaxError(message);
}
