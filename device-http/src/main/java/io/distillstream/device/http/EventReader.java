package io.distillstream.device.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of server-sent events, as far as a gateway uses it: one line of data an event.
 * Owns the stream.
 */
final class EventReader implements AutoCloseable {

  private static final int LONGEST_LINE = 1 << 16;

  private final InputStream in;
  private boolean afterReturn;

  /**
   * An event.
   *
   * @param id of the last event that had one, this one included; empty if none had
   * @param name of the event
   * @param data empty if there is none
   */
  record Event(String id, String name, String data) {}

  private String id = "";

  EventReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /** The next event; null at the end of the stream. Comments only show that it is alive. */
  @Nullable Event next() throws IOException {
    String name = "message";
    String data = "";
    for (String line = line(); line != null; line = line()) {
      if (line.isEmpty()) {
        if (!data.isEmpty()) {
          return new Event(id, name, data);
        }
        name = "message";
        continue;
      }
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      switch (field) {
        case "id" -> id = value;
        case "event" -> name = value;
        case "data" -> data = data.isEmpty() ? value : data + "\n" + value;
        default -> {
          // A comment, or how long to wait, which the device decides itself.
        }
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Without its end, which may be LF, CR or both; null at the end of the stream. */
  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      boolean feedOfReturn = b == '\n' && afterReturn;
      afterReturn = b == '\r';
      if (feedOfReturn) {
        continue;
      }
      if (b == '\n' || b == '\r') {
        return new String(line.toByteArray(), StandardCharsets.UTF_8);
      }
      line.write(b);
      if (line.size() > LONGEST_LINE) {
        throw new IOException("A line of the event stream is longer than " + LONGEST_LINE);
      }
    }
    return null;
  }
}
