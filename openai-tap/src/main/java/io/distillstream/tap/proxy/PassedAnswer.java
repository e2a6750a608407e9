package io.distillstream.tap.proxy;

import java.util.List;

/** An answer that is none of the tap's business. */
final class PassedAnswer implements Answer {

  private static final byte[] NONE = {};

  @Override
  public byte[] take(byte[] bytes) {
    return bytes;
  }

  @Override
  public byte[] end() {
    return NONE;
  }

  @Override
  public boolean unchanged() {
    return true;
  }

  @Override
  public List<byte[]> texts() {
    return List.of();
  }
}
