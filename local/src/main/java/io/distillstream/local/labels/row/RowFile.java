package io.distillstream.local.labels.row;

import java.io.IOException;

/** A file of rows that is being written, one at a time. */
public interface RowFile extends AutoCloseable {

  /** Adds a row. */
  void write(LabelRow row) throws IOException;

  /** Ends the file, which is of use only then. */
  @Override
  void close() throws IOException;
}
