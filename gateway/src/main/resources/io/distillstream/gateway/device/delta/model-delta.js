// Makes the new version of a file of the old one and a delta. Nothing in a delta need be trusted: what
// comes out is to be checked by its digest.

import { toHex } from "../bytes.js";
import { InvalidDelta } from "./invalid-delta.js";
import { NumbersModel } from "./numbers-model.js";
import { RangeDecoder } from "./range-decoder.js";
import { RowsModel } from "./rows-model.js";
import { readSegments } from "./segment-list.js";
import { NOTHING, TextModel } from "./text-model.js";

const DEFLATE = 1;
const CONTEXT_MIXING = 3;

/** What stands for them in a delta, by their names in manifests. */
export const CODECS = new Map([["deflate", DEFLATE], ["context-mixing-3", CONTEXT_MIXING]]);

/** "DSMD", format 1. */
const MAGIC = [0x44, 0x53, 0x4d, 0x44, 1];
const HEADER_BYTES = 78;

const PIECE_BYTES = 1 << 16;

/** The page answers and paints in between. */
const LONGEST_MILLIS = 20;

/**
 * Applies a delta.
 *
 * @param old the file that it starts from
 * @param mostBytes the longest file to make
 * @throws InvalidDelta if it is damaged, or not one for the old file
 */
export async function applyDelta(old, delta, oldSha256, mostBytes) {
  if (delta.length < HEADER_BYTES || MAGIC.some((byte, i) => delta[i] !== byte)) {
    throw new InvalidDelta("it does not begin as a delta does");
  }
  if (toHex(delta.subarray(6, 38)) !== oldSha256) throw new InvalidDelta("it is of another file");
  const size = Number(new DataView(delta.buffer, delta.byteOffset).getBigUint64(70));
  if (size > mostBytes) throw new InvalidDelta(`it makes ${size} bytes`);
  const codec = delta[5];
  if (codec === DEFLATE) return inflated(old, delta.subarray(HEADER_BYTES), size);
  if (codec === CONTEXT_MIXING) return mixed(old, delta, size);
  throw new InvalidDelta(`its codec has the unknown number ${codec}`);
}

/** The byte-wise difference, in zlib's format. */
async function inflated(old, difference, size) {
  const fresh = new Uint8Array(size);
  let at = 0;
  const reader = new Blob([difference]).stream()
    .pipeThrough(new DecompressionStream("deflate")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (const byte of part.value) {
        if (at < size) fresh[at] = byte + (at < old.length ? old[at] : 0);
        at++;
      }
      if (at > size) break;
    }
  } catch {
    throw new InvalidDelta("its difference is no data in zlib's format");
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (at !== size) throw new InvalidDelta("it makes a file of another length");
  return fresh;
}

async function mixed(old, delta, size) {
  const coder = new RangeDecoder(delta, HEADER_BYTES);
  const text = new TextModel(coder);
  const segments = readSegments(text, old.length, size);
  const fresh = new Uint8Array(size);
  const patience = new Patience();
  const numbers = new NumbersModel(coder, widest(segments, "numbers"));
  // Scales are among the numbers, and tell what to expect of weights.
  for (const [segment, at] of places(segments)) {
    if (segment.kind === "numbers") {
      numbers.begin(segment);
      await inPieces(segment, at, PIECE_BYTES, (from, to, length) =>
        numbers.decode(old.subarray(from, from + length), fresh.subarray(to, to + length)));
    }
  }
  const rows = new RowsModel(coder, widest(segments, "rows", "rescaled rows"));
  for (const [segment, at] of places(segments)) {
    const { kind, length, from, scales } = segment;
    if (kind === "copy") {
      fresh.set(old.subarray(from, from + length), at);
    } else if (kind === "literal") {
      for (let i = 0; i < length; i++) fresh[at + i] = text.byte(old[from + i] ?? NOTHING);
    } else if (kind !== "numbers") {
      rows.begin(segment, floats(old, scales?.from, scales), floats(fresh, scales?.to, scales));
      const whole = Math.floor(PIECE_BYTES / segment.width) * segment.width;
      await inPieces(segment, at, whole, (start, to, bytes) =>
        rows.decode(old.subarray(start, start + bytes), fresh.subarray(to, to + bytes)));
    }
  }
  coder.finish();
  return fresh;

  async function inPieces({ from, length }, at, most, decode) {
    for (let done = 0; done < length; done += most) {
      decode(from + done, at + done, Math.min(most, length - done));
      await patience.end();
    }
  }
}

/** Segments with where they begin in the new file. */
function* places(segments) {
  let at = 0;
  for (const segment of segments) {
    yield [segment, at];
    at += segment.length;
  }
}

const widest = (segments, ...kinds) =>
  segments.reduce((most, one) => kinds.includes(one.kind) ? Math.max(most, one.width) : most, 1);

function floats(bytes, at, scales) {
  if (!scales) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Float32Array.from({ length: scales.count }, (_, i) => view.getFloat32(at + 4 * i, true));
}

/** Lets others do something every now and then. */
class Patience {
  #since = performance.now();

  async end() {
    if (performance.now() - this.#since < LONGEST_MILLIS) return;
    await new Promise((resolve) => { setTimeout(resolve, 0); });
    this.#since = performance.now();
  }
}
