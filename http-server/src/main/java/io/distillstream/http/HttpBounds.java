package io.distillstream.http;

import java.time.Duration;

/**
 * What a server grants its clients.
 *
 * @param connections open at once
 * @param connectionsPerAddress open at once from one client address; see {@link PerAddress}
 * @param idleTimeout after which a connection without traffic is closed
 * @param bodyTimeout within which a head has to be whole, twice this at most, and a body, unless it
 *     keeps to {@code bodyRate}
 * @param bodyRate bytes per second, in each {@code bodyTimeout}, of a body that takes longer
 * @param bodyBytes of one body
 * @param bufferedBytes of all bodies that are read or worked on, and as much of all answers that
 *     are made or sent; one address may have half of either, and one body in any case
 */
public record HttpBounds(
    int connections,
    int connectionsPerAddress,
    Duration idleTimeout,
    Duration bodyTimeout,
    int bodyRate,
    int bodyBytes,
    long bufferedBytes) {

  /** Of a server, bodies may take this share of the heap, and answers as much. */
  private static final int SHARE_OF_HEAP = 16;

  private static final int MIB = 1 << 20;

  /** For a server that nothing else is known of. */
  public static final HttpBounds DEFAULT =
      new HttpBounds(
          8_192,
          4_096,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          1_024,
          4 * MIB,
          Math.max(8 * MIB, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));

  public HttpBounds {
    if (connections < 1 || connectionsPerAddress < 1 || bodyRate < 1 || bodyBytes < 1) {
      throw new IllegalArgumentException("Expected positive bounds, found a smaller one");
    }
    bufferedBytes = Math.max(bufferedBytes, bodyBytes);
  }

  /** The same for bodies of another size. */
  public HttpBounds withBodyBytes(int limit) {
    return new HttpBounds(
        connections,
        connectionsPerAddress,
        idleTimeout,
        bodyTimeout,
        bodyRate,
        limit,
        bufferedBytes);
  }

  long bufferedBytesPerAddress() {
    return Math.max(bodyBytes, bufferedBytes / 2);
  }
}
