package io.distillstream.runtime;

import java.net.URI;
import java.util.List;

/**
 * A page that a service has for people's browsers.
 *
 * @param addresses where it is, likeliest first; not empty
 * @param forOthers whether browsers on other machines reach the first of them
 */
public record ServedPage(List<URI> addresses, boolean forOthers) {

  public ServedPage {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("Expected an address of the page, found none");
    }
    addresses = List.copyOf(addresses);
  }

  /** Where people are sent. */
  public URI address() {
    return addresses.get(0);
  }

  /** Where it is besides. */
  public List<URI> others() {
    return addresses.subList(1, addresses.size());
  }

  /**
   * The same page with something for its scripts.
   *
   * @param fragment with {@code #} at its beginning, or empty
   */
  public ServedPage with(String fragment) {
    return new ServedPage(
        addresses.stream().map(address -> URI.create(address + fragment)).toList(), forOthers);
  }
}
