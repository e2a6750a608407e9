package io.distillstream.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An amount that clients share, of which one address may have no more than a part. An IPv6 network
 * of 64 bits counts as one address, since whoever has one of its addresses has all. Thread-safe.
 */
final class PerAddress {

  private static final int NETWORK_BYTES = 8;

  private final long total;
  private final long perAddress;
  private final ConcurrentHashMap<String, Long> taken = new ConcurrentHashMap<>();
  private long takenByAll;

  PerAddress(long total, long perAddress) {
    this.total = total;
    this.perAddress = perAddress;
  }

  /** Takes some for a client; false if it, or all together, would have too much. */
  boolean take(String client, long amount) {
    AtomicBoolean granted = new AtomicBoolean();
    taken.compute(
        client,
        (key, before) -> {
          long had = before == null ? 0 : before;
          granted.set(had + amount <= perAddress && takeOfAll(amount));
          return granted.get() ? Long.valueOf(had + amount) : before;
        });
    return granted.get();
  }

  /** Gives back what was taken. */
  void give(String client, long amount) {
    taken.computeIfPresent(client, (key, had) -> had == amount ? null : Long.valueOf(had - amount));
    giveToAll(amount);
  }

  /**
   * The client that a socket address stands for.
   *
   * @param socket null once the connection is closed
   */
  static String client(@Nullable SocketAddress socket) {
    if (!(socket instanceof InetSocketAddress internet) || internet.getAddress() == null) {
      return String.valueOf(socket);
    }
    InetAddress address = internet.getAddress();
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES))
        : address.getHostAddress();
  }

  private synchronized boolean takeOfAll(long amount) {
    if (takenByAll + amount > total) {
      return false;
    }
    takenByAll += amount;
    return true;
  }

  private synchronized void giveToAll(long amount) {
    takenByAll -= amount;
  }
}
