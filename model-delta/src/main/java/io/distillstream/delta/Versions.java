package io.distillstream.delta;

import java.io.IOException;

/** The bytes of both files, as an encoder or a decoder has them. */
interface Versions {
  /** Length of the old file. */
  long oldBytes() throws IOException;

  /** Reads from the old file. */
  void readOld(long at, byte[] into, int length) throws IOException;

  /** Reads from the new file what is there already; a decoder wrote it before. */
  void readNew(long at, byte[] into, int length) throws IOException;

  /** An encoder reads what is to be coded; a decoder has nothing yet. */
  void before(long at, byte[] into, int length) throws IOException;

  /** A decoder writes what was coded; an encoder has it already. */
  void after(long at, byte[] coded, int length) throws IOException;
}
