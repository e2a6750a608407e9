package io.distillstream.http.access;

import io.distillstream.foundation.http.ListenAddress;
import java.net.URI;

/** Addresses that keys may be fetched from. */
public final class IssuerAddress {

  private IssuerAddress() {}

  /** Whether nobody on the way can put in keys of his own: https, or http on this machine. */
  public static boolean isTrustworthy(URI address) {
    if (address.getHost() == null) {
      return false;
    }
    return "https".equals(address.getScheme())
        || ("http".equals(address.getScheme()) && ListenAddress.isLoopback(address.getHost()));
  }
}
