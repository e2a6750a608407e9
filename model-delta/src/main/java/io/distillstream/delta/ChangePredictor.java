package io.distillstream.delta;

import java.util.Arrays;

/**
 * Predicts how a weight changes from how those before it in its row have. Training moves weights
 * within few directions, those that its loss depends on, so that the weights of a row change
 * together; how, is learned from row to row.
 *
 * <p>Of a block of columns it keeps the covariance of changes as {@code L·D·Lᵀ}, with ones on the
 * diagonal of {@code L}. Changes are {@code L·e} with uncorrelated {@code e}, so that each is what
 * those before it tell, and its own {@code e}: recursive least squares. A row is added by an update
 * of rank one (Gill, Golub, Murray and Saunders, "Methods for modifying matrix factorizations",
 * 1974, method C1). Doubles are added, multiplied and divided in one order, so that both ends
 * compute the same.
 */
final class ChangePredictor {
  /** Classes of what a prediction is beyond a whole number, from minus a half to a half. */
  static final int FRACTIONS = 17;

  /** Classes of a predicted whole number, without its sign. */
  static final int WHOLES = 8;

  /** Columns that are predicted from one another. */
  private static final int BLOCK = 128;

  /** Wider rows are not predicted, to bound memory. */
  private static final int WIDEST = 4_096;

  /** As if so many rows had been seen whose changes have nothing to do with each other. */
  private static final double PRIOR_ROWS = 30;

  /** Mean squared change, in levels, that a row has at least when it is weighed by its own. */
  private static final double LEAST_SQUARE = 0.1;

  /** Rows after which no more is learned: it would take time and change little. */
  private static final int MOST_ROWS = 32 * BLOCK;

  private static final int UNITS = 256;

  private final Block[] blocks;
  private int used;
  private int whole;
  private int fraction;

  /**
   * @param widest row there will be
   */
  ChangePredictor(int widest) {
    int columns = Math.min(WIDEST, widest);
    blocks = new Block[(columns + BLOCK - 1) / BLOCK];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new Block(Math.min(BLOCK, columns));
    }
  }

  /** A matrix of rows so wide begins. */
  void begin(int width) {
    used = width > WIDEST ? 0 : (width + BLOCK - 1) / BLOCK;
    for (int i = 0; i < used; i++) {
      blocks[i].begin(Math.min(BLOCK, width - i * BLOCK));
    }
  }

  /** Predicts the change of a column of which all before in its row are known. */
  void predict(int column) {
    double change = column / BLOCK < used ? blocks[column / BLOCK].predicted[column % BLOCK] : 0;
    int units = (int) (Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, change)) * UNITS);
    whole = Math.floorDiv(units + UNITS / 2, UNITS);
    fraction = (units - whole * UNITS + UNITS / 2) / (UNITS / (FRACTIONS - 1));
  }

  /** The nearest whole number to what was predicted last. */
  int whole() {
    return whole;
  }

  int wholeClass() {
    return Math.min(WHOLES - 1, Math.abs(whole));
  }

  /** The class of what was predicted last beyond a whole number; the middle one is nothing. */
  int fractionClass() {
    return fraction;
  }

  /** How a column has changed. */
  void changed(int column, int change) {
    if (column / BLOCK < used) {
      blocks[column / BLOCK].changed(column % BLOCK, change);
    }
  }

  /** Learns from a row that is complete. */
  void endRow() {
    for (int i = 0; i < used; i++) {
      blocks[i].endRow();
    }
  }

  private static final class Block {
    private final double[] predicted;
    private final double[] changes;

    /** The diagonal of {@code D}. */
    private final double[] variances;

    /** By column, what is below the diagonal of {@code L}. */
    private final double[][] factor;

    private int size;
    private int rows;

    Block(int columns) {
      predicted = new double[columns];
      changes = new double[columns];
      variances = new double[columns];
      factor = new double[columns][];
      for (int j = 0; j < columns; j++) {
        factor[j] = new double[columns - j - 1];
      }
    }

    void begin(int columns) {
      size = columns;
      rows = 0;
      Arrays.fill(variances, PRIOR_ROWS);
      for (double[] below : factor) {
        Arrays.fill(below, 0);
      }
    }

    void changed(int column, int change) {
      changes[column] = change;
      double innovation = change - predicted[column];
      if (innovation != 0) {
        add(innovation, column, predicted);
      }
    }

    /** Adds a multiple of what a column of {@code L} has below its diagonal. */
    private void add(double multiple, int column, double[] to) {
      double[] below = factor[column];
      for (int i = column + 1; i < size; i++) {
        to[i] += multiple * below[i - column - 1];
      }
    }

    void endRow() {
      double squares = 0;
      for (int i = 0; i < size; i++) {
        squares += changes[i] * changes[i];
      }
      if (squares > 0 && rows < MOST_ROWS) {
        rows++;
        learn(1 / (squares / size + LEAST_SQUARE));
      }
      Arrays.fill(predicted, 0);
      Arrays.fill(changes, 0);
    }

    /**
     * Adds the changes of this row to the covariance. What is left of them afterwards is no use.
     */
    private void learn(double weight) {
      double left = weight;
      for (int j = 0; j < size; j++) {
        double innovation = changes[j];
        double variance = variances[j] + left * innovation * innovation;
        double gain = left * innovation / variance;
        left *= variances[j] / variance;
        variances[j] = variance;
        double[] below = factor[j];
        for (int i = j + 1; i < size; i++) {
          changes[i] -= innovation * below[i - j - 1];
          below[i - j - 1] += gain * changes[i];
        }
      }
    }
  }
}
