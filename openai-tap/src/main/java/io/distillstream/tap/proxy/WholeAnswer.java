package io.distillstream.tap.proxy;

import io.distillstream.tap.record.RecordingMemory;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.UnaryOperator;

/** An answer that is one JSON text. It is kept until it is whole, unless it is too large. */
final class WholeAnswer implements Answer {

  private static final byte[] NONE = {};

  private final UnaryOperator<byte[]> edit;
  private final int mostBytes;
  private final RecordingMemory.Part memory;
  private ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean tooLarge;
  private List<byte[]> texts = List.of();

  /**
   * @param edit makes the client's answer of the upstream's
   * @param mostBytes beyond which it is passed as it is
   * @param memory told of what is kept
   */
  WholeAnswer(UnaryOperator<byte[]> edit, int mostBytes, RecordingMemory.Part memory) {
    this.edit = edit;
    this.mostBytes = mostBytes;
    this.memory = memory;
  }

  @Override
  public byte[] take(byte[] bytes) {
    if (tooLarge) {
      return bytes;
    }
    kept.writeBytes(bytes);
    memory.need(bytes.length);
    if (kept.size() <= mostBytes) {
      return NONE;
    }
    tooLarge = true;
    byte[] all = kept.toByteArray();
    kept = new ByteArrayOutputStream(0);
    return all;
  }

  @Override
  public byte[] end() {
    if (tooLarge) {
      return NONE;
    }
    byte[] whole = kept.toByteArray();
    texts = List.of(whole);
    return edit.apply(whole);
  }

  @Override
  public boolean unchanged() {
    return tooLarge;
  }

  @Override
  public List<byte[]> texts() {
    List<byte[]> come = texts;
    texts = List.of();
    return come;
  }
}
