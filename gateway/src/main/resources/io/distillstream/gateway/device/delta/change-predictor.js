// Predicts how a weight changes from how those before it in its row have: recursive least squares over
// blocks of columns. The covariance of changes is kept as L·D·L', and a row is added by an update of
// rank one (Gill, Golub, Murray and Saunders 1974, method C1). Each operation is the encoder's, in its
// order, so that both compute the same doubles.

/** Classes of what a prediction is beyond a whole number, and of that number without its sign. */
export const FRACTIONS = 17;
export const WHOLES = 8;

const BLOCK = 128;
const WIDEST = 4096;
const PRIOR_ROWS = 30;
const LEAST_SQUARE = 0.1;
const MOST_ROWS = 32 * BLOCK;
const UNITS = 256;

export class ChangePredictor {
  /** The nearest whole number to what was predicted last. */
  whole = 0;

  /** The class of what that is beyond it; the middle one is nothing. */
  fraction = 0;

  #blocks = [];

  /** Of a matrix of rows so wide. */
  constructor(width) {
    for (let from = 0; width <= WIDEST && from < width; from += BLOCK) {
      this.#blocks.push(new Block(Math.min(BLOCK, width - from)));
    }
  }

  get wholeClass() {
    return Math.min(WHOLES - 1, Math.abs(this.whole));
  }

  /** Predicts the change of a column of which all before in its row are known. */
  predict(column) {
    const change = this.#blocks[Math.floor(column / BLOCK)]?.predicted[column % BLOCK] ?? 0;
    const units = Math.trunc(Math.max(-128, Math.min(127, change)) * UNITS) | 0;
    this.whole = Math.floor((units + UNITS / 2) / UNITS);
    this.fraction =
      Math.trunc((units - this.whole * UNITS + UNITS / 2) / (UNITS / (FRACTIONS - 1)));
  }

  /** How a column has changed. */
  changed(column, change) {
    this.#blocks[Math.floor(column / BLOCK)]?.changed(column % BLOCK, change);
  }

  /** Learns from a row that is complete. */
  endRow() {
    for (const block of this.#blocks) block.endRow();
  }
}

class Block {
  predicted;
  #changes;

  /** The diagonal of D. */
  #variances;

  /** By column, what is below the diagonal of L. */
  #factor;
  #size;
  #rows = 0;

  constructor(size) {
    this.#size = size;
    this.predicted = new Float64Array(size);
    this.#changes = new Float64Array(size);
    this.#variances = new Float64Array(size).fill(PRIOR_ROWS);
    this.#factor = Array.from({ length: size }, (_, j) => new Float64Array(size - j - 1));
  }

  changed(column, change) {
    this.#changes[column] = change;
    const innovation = change - this.predicted[column];
    if (innovation !== 0) {
      const below = this.#factor[column];
      for (let i = 0; i < below.length; i++) this.predicted[column + 1 + i] += innovation * below[i];
    }
  }

  endRow() {
    let squares = 0;
    for (const change of this.#changes) squares += change * change;
    if (squares > 0 && this.#rows < MOST_ROWS) {
      this.#rows++;
      this.#learn(1 / (squares / this.#size + LEAST_SQUARE));
    }
    this.predicted.fill(0);
    this.#changes.fill(0);
  }

  #learn(weight) {
    const changes = this.#changes;
    let left = weight;
    for (let j = 0; j < this.#size; j++) {
      const innovation = changes[j];
      const variance = this.#variances[j] + left * innovation * innovation;
      const gain = (left * innovation) / variance;
      left *= this.#variances[j] / variance;
      this.#variances[j] = variance;
      const below = this.#factor[j];
      for (let i = 0; i < below.length; i++) {
        changes[j + 1 + i] -= innovation * below[i];
        below[i] += gain * changes[j + 1 + i];
      }
    }
  }
}
