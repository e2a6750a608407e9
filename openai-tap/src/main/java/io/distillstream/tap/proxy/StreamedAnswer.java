package io.distillstream.tap.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * An answer that comes as server-sent events, of which each line goes on as soon as it is whole.
 * Lines of data are changed; all other bytes, ends of lines among them, stay what they are.
 */
final class StreamedAnswer implements Answer {

  private static final byte[] DATA = "data:".getBytes(US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(US_ASCII);

  private final UnaryOperator<byte[]> edit;
  private final int mostLineBytes;
  private ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLarge;
  private List<byte[]> texts = new ArrayList<>();

  /**
   * @param edit makes the client's data of the upstream's
   * @param mostLineBytes a longer line, and all that follows, is passed as it is
   */
  StreamedAnswer(UnaryOperator<byte[]> edit, int mostLineBytes) {
    this.edit = edit;
    this.mostLineBytes = mostLineBytes;
  }

  @Override
  public byte[] take(byte[] bytes) {
    if (tooLarge) {
      return bytes;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + line.size());
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      // A line may end in either or both; an empty line between them does no harm.
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        line.write(bytes, from, i - from);
        out.writeBytes(edited(line.toByteArray()));
        out.write(bytes[i]);
        line.reset();
        from = i + 1;
      }
    }
    line.write(bytes, from, bytes.length - from);
    if (line.size() > mostLineBytes) {
      tooLarge = true;
      out.writeBytes(line.toByteArray());
      line = new ByteArrayOutputStream(0);
    }
    return out.toByteArray();
  }

  /** A line that nothing ends goes on as it is, unless all of its data has come. */
  @Override
  public byte[] end() {
    return edited(line.toByteArray());
  }

  @Override
  public boolean unchanged() {
    return false;
  }

  @Override
  public List<byte[]> texts() {
    List<byte[]> come = texts;
    texts = new ArrayList<>();
    return come;
  }

  private byte[] edited(byte[] whole) {
    if (!startsWith(whole, DATA)) {
      return whole;
    }
    int from =
        DATA.length < whole.length && whole[DATA.length] == ' ' ? DATA.length + 1 : DATA.length;
    byte[] data = Arrays.copyOfRange(whole, from, whole.length);
    if (data.length == 0 || Arrays.equals(data, DONE)) {
      return whole;
    }
    texts.add(data);
    byte[] changed = edit.apply(data);
    if (changed == data) {
      return whole;
    }
    byte[] result = Arrays.copyOf(whole, from + changed.length);
    System.arraycopy(changed, 0, result, from, changed.length);
    return result;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }
}
