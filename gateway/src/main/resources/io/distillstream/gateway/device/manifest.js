// The manifest of an update, as far as this page needs it.

const HIGHEST_VERSION = 2 ** 40;

const isDigest = (text) => /^[0-9a-f]{64}$/.test(text);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** No manifest is longer. */
export const MOST_MANIFEST_BYTES = 16 << 20;

/** The version that channels of this name publish; throws if the manifest is another's, or none. */
export function readManifest(json, { model, channel }) {
  const { version, artifact, probes } = json;
  const named = json.model === model && json.channel === channel;
  expect(named, `it is of ${json.model}/${json.channel}, not of ${model}/${channel}`);
  expect(Number.isSafeInteger(version) && version >= 1 && version <= HIGHEST_VERSION,
    `its version is ${version}, expected 1 to 2^40`);
  expect(isDigest(artifact?.sha256), "its artifact has no SHA-256");
  expect(isCount(artifact.size_bytes), "its artifact has no size");
  expect(Array.isArray(probes), "it has no list of probes");
  for (const probe of probes) {
    expect(typeof probe.text === "string" && probe.logits?.every?.(Number.isFinite),
      "a probe is no text with its logits");
  }
  return {
    model,
    channel,
    version,
    labelSpace: json.label_space,
    format: json.format,
    sha256: artifact.sha256,
    sizeBytes: artifact.size_bytes,
    deltas: deltas(json.deltas ?? []),
    probes,
    recordsTrained: json.records_trained,
    arrivals: arrivals(json.arrivals),
    newestArrival: newest(json.arrivals?.starts_millis),
  };
}

function deltas(list) {
  expect(Array.isArray(list), "it has no list of deltas");
  return list.map(({ from_sha256: fromSha256, to_sha256: toSha256, to_size_bytes: toSizeBytes, codec, file }) => {
    const digests = [fromSha256, toSha256, file?.sha256];
    const sizes = [toSizeBytes, file?.size_bytes];
    expect(digests.every(isDigest), "a delta lacks a SHA-256");
    expect(sizes.every(isCount), "a delta lacks a size");
    return { fromSha256, toSha256, toSizeBytes, codec, sha256: file.sha256, sizeBytes: file.size_bytes };
  });
}

/** How many texts arrived from each start on; none where that cannot be read. */
function arrivals({ starts_millis: starts, counts } = {}) {
  const whole = (list) => Array.isArray(list) && list.every(isCount);
  return whole(starts) && whole(counts) && starts.length === counts.length
    ? { starts, counts } : { starts: [], counts: [] };
}

/** When the newest text arrived that this version learned and the one before had not; or null. */
const newest = (starts) =>
  Array.isArray(starts) && starts.length > 0 && starts.every(Number.isSafeInteger)
    ? starts.reduce((a, b) => Math.max(a, b)) : null;

function expect(holds, message) {
  if (!holds) throw new Error(`The manifest cannot be used: ${message}`);
}
