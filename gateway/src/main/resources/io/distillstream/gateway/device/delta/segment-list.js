// The segments of the new file, from its beginning to its end, as they stand at the head of a delta.

import { InvalidDelta } from "./invalid-delta.js";

/** Far more than any model has tensors. */
const MOST = 1 << 13;

/** Longest row, and most scales of a segment. */
const MOST_IN_A_ROW = 1 << 16;

const KINDS = ["copy", "literal", "numbers", "rows", "rescaled rows"];

/** Bytes of a number: float32, float16, int32, float32 of fewer significant bits. */
const NUMBER_BYTES = [4, 2, 4, 4];

/**
 * Reads a list and holds it to both files: {kind, length, from}, of numbers {type, width}, of rows
 * {width, zero, scales}, of scales {from, to, count, run}.
 */
export function readSegments(text, fromBytes, toBytes) {
  const count = text.number();
  expect(count <= MOST, `it has ${count} segments`);
  const segments = [];
  let expected = 0;
  let left = toBytes;
  for (let i = 0; i < count; i++) {
    const segment = readSegment(text, expected);
    const { kind, length, from } = segment;
    left -= length;
    expect(length >= 1 && left >= 0, `segment ${i} has ${length} bytes`);
    // Of a literal, as much as there is.
    const needed = kind === "literal" ? 0 : length;
    expect(from >= 0 && from <= fromBytes - needed, `segment ${i} is made from bytes at ${from}`);
    expected = needed === 0 ? expected : from + needed;
    segments.push(segment);
  }
  expect(left === 0, `its segments leave out ${left} bytes`);
  for (const { scales } of segments) {
    expect(!scales || (scales.from <= fromBytes - 4 * scales.count && written(segments, scales)),
      "scales that it names are not there");
  }
  return segments;
}

function readSegment(text, expected) {
  const kind = KINDS[text.number()];
  expect(kind, "a segment is of an unknown kind");
  const length = text.number();
  const segment = { kind, length, from: expected + unzigzag(text.number()) };
  if (kind === "numbers") {
    segment.type = text.number();
    segment.width = width(text.number());
    expect(length % NUMBER_BYTES[segment.type] === 0, "a segment has no whole count of numbers");
  } else if (kind.endsWith("rows")) {
    segment.width = width(text.number());
    segment.zero = text.number();
    expect(segment.zero === 0 || segment.zero === 128, `zero is ${segment.zero}`);
    if (kind === "rescaled rows") segment.scales = readScales(text);
  }
  return segment;
}

function readScales(text) {
  const [from, to, count, run] = [text.number(), text.number(), text.number(), text.number()];
  expect(count >= 1 && count <= MOST_IN_A_ROW && run >= 1, `there are ${count} scales`);
  return { from, to, count, run };
}

/** New scales are read where they were written, so they must have been. */
function written(segments, { to, count }) {
  let start = 0;
  return segments.some(({ kind, type, length }) => {
    const begins = start;
    start += length;
    return kind === "numbers" && type === 0 && to >= begins && to <= begins + length - 4 * count;
  });
}

function width(value) {
  expect(value >= 1 && value <= MOST_IN_A_ROW, `a row has ${value} elements`);
  return value;
}

const unzigzag = (value) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function expect(holds, message) {
  if (!holds) throw new InvalidDelta(message);
}
