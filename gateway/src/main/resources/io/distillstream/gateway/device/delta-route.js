// Which deltas lead from the artifact that is here to that of an update.

import { CODECS } from "./delta/model-delta.js";

/** No step makes a file that is larger than the artifact by more than this factor. */
const MOST_GROWTH = 2;

/**
 * The deltas of a manifest to apply, in their order; none where they do not lead there, are of a codec
 * that is not known here, or are not smaller together than the artifact.
 */
export function deltaRoute({ deltas, sha256, sizeBytes }, here) {
  const route = [];
  let needed = sha256;
  let bytes = 0;
  for (const delta of deltas.toReversed()) {
    bytes += delta.sizeBytes;
    if (delta.toSha256 !== needed || !CODECS.has(delta.codec)
      || delta.toSizeBytes > MOST_GROWTH * sizeBytes || bytes >= sizeBytes) {
      return [];
    }
    route.unshift(delta);
    needed = delta.fromSha256;
    if (needed === here) return route;
  }
  return [];
}
