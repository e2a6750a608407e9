package io.distillstream.monitor.view;

import java.util.ArrayList;
import java.util.List;

/**
 * Points over a rising x, never more than a bound: when it is full, every second of the older
 * points goes. The first and the newest are always kept.
 */
final class Trace {

  private final int bound;
  private final List<List<Double>> columns = new ArrayList<>();

  /** The first column is x. */
  Trace(int columnCount, int bound) {
    this.bound = bound;
    for (int i = 0; i < columnCount; i++) {
      columns.add(new ArrayList<>());
    }
  }

  /**
   * Adds a point, or replaces the last one if x is the same. An x that falls starts afresh.
   *
   * @return whether this point is the only one now
   */
  boolean add(double... point) {
    List<Double> xs = columns.get(0);
    if (!xs.isEmpty() && point[0] < xs.get(xs.size() - 1)) {
      columns.forEach(List::clear);
    }
    boolean replace = !xs.isEmpty() && point[0] == xs.get(xs.size() - 1);
    for (int i = 0; i < point.length; i++) {
      List<Double> column = columns.get(i);
      if (replace) {
        column.set(column.size() - 1, point[i]);
      } else {
        column.add(point[i]);
      }
    }
    if (xs.size() > bound) {
      thin();
    }
    return xs.size() == 1;
  }

  /** A copy of one column. */
  List<Double> column(int index) {
    return new ArrayList<>(columns.get(index));
  }

  private void thin() {
    int newest = columns.get(0).size() - 1;
    for (int c = 0; c < columns.size(); c++) {
      List<Double> kept = new ArrayList<>(newest / 2 + 2);
      for (int i = 0; i <= newest; i++) {
        if (i % 2 == 0 || i == newest) {
          kept.add(columns.get(c).get(i));
        }
      }
      columns.set(c, kept);
    }
  }
}
