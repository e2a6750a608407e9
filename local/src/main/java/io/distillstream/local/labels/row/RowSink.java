package io.distillstream.local.labels.row;

/** Takes the rows of a file, in their order. */
public interface RowSink {

  /**
   * Takes a row.
   *
   * @param place where it stands, such as {@code line 3}
   * @throws BadRowException if it cannot be used
   */
  void row(String place, LabelRow row) throws BadRowException;

  /** Takes note of a row that is none. */
  void bad(String place, String problem);
}
