package io.distillstream.foundation.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;

/** Addresses that servers listen on. */
public final class ListenAddress {

  /** Nothing listens on other interfaces unless a setting says so. */
  public static final String LOOPBACK = "127.0.0.1";

  private static final Set<String> EVERY_INTERFACE = Set.of("0.0.0.0", "::", "[::]");

  private ListenAddress() {}

  /** Whether an address to listen on means every interface. */
  public static boolean isEveryInterface(String host) {
    return EVERY_INTERFACE.contains(host);
  }

  /** Whether nobody but this machine reaches what listens on an address. */
  public static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
