// Canonical JSON of OLPC, which is what TUF metadata's signatures are of: no white space, members
// ordered by the code points of their names, in strings only " and \ escaped, whole numbers alone.

const utf8 = new TextEncoder();

/** A parsed JSON value's canonical form, as bytes. */
export const canonicalJson = (value) => utf8.encode(write(value));

function write(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      throw new SyntaxError(`canonical JSON has whole numbers up to 2^53 alone, this is ${value}`);
    }
    return String(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${text(name)}:${write(value[name])}`).join(",")}}`;
}

function text(value) {
  // A lone half of a surrogate pair has no UTF-8: encoded, it would be read back as another string.
  if (!value.isWellFormed?.() && /\p{Cs}/u.test(value)) {
    throw new SyntaxError("a string holds half a surrogate pair");
  }
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** The order of a string's own units differs from it beyond U+FFFF. */
function byCodePoint(a, b) {
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i].codePointAt(0) - right[i].codePointAt(0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
