// Bytes: digests, hexadecimal, comparison.

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = async (bytes) =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

export const toHex = (bytes) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of a hexadecimal text; null if it is none. */
export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** A JSON document in strict UTF-8. */
export const parseJson = (bytes) =>
  JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
