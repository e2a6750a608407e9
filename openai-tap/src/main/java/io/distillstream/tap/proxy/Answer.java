package io.distillstream.tap.proxy;

import java.util.List;

/** The body of an answer on its way to the client. Used by one thread at a time. */
interface Answer {

  /** What can go on to the client now that this has come. */
  byte[] take(byte[] bytes);

  /** What is left to go now that all has come. */
  byte[] end();

  /** Whether the client gets the very bytes that came, so that their announced number holds. */
  boolean unchanged();

  /** The JSON texts that have come since this was asked for last, as they came. */
  List<byte[]> texts();
}
