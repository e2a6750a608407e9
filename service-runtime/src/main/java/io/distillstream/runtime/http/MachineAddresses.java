package io.distillstream.runtime.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The addresses under which other machines of the network reach this one. */
final class MachineAddresses {

  /** TEST-NET-1 of RFC 5737: the way there is the way to any other network, and leads to nobody. */
  private static final String ELSEWHERE = "192.0.2.1";

  private static final int DISCARD = 9;

  /** Bridges to containers and virtual machines of this machine. */
  private static final Pattern BRIDGE = Pattern.compile("(docker|br-|veth|virbr|cni|podman).*");

  private MachineAddresses() {}

  /**
   * Those of interfaces that are up, the likeliest first.
   *
   * @param version4 whether those of IPv6 are of no use
   */
  static List<InetAddress> reachable(boolean version4) {
    List<InetAddress> all = new ArrayList<>();
    try {
      for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
        if (one.isUp() && !BRIDGE.matcher(one.getName()).matches()) {
          one.inetAddresses().forEach(all::add);
        }
      }
    } catch (SocketException e) {
      // A machine that does not tell its interfaces may still tell the way out.
    }
    return likeliestFirst(outgoing(), all).stream()
        .filter(address -> !version4 || address instanceof Inet4Address)
        .toList();
  }

  /**
   * That by which this machine reaches others, then its site-local ones of IPv4; where it has none
   * of these, its others of IPv4, and else those of IPv6.
   */
  static List<InetAddress> likeliestFirst(Optional<InetAddress> outgoing, List<InetAddress> all) {
    List<InetAddress> known = Stream.concat(outgoing.stream(), all.stream()).toList();
    List<Predicate<InetAddress>> kinds =
        List.of(
            address -> address instanceof Inet4Address && address.isSiteLocalAddress(),
            Inet4Address.class::isInstance,
            address -> true);
    for (Predicate<InetAddress> kind : kinds) {
      List<InetAddress> some =
          known.stream()
              .filter(MachineAddresses::leadsHere)
              .filter(address -> kind.test(address) || outgoing.stream().anyMatch(address::equals))
              .distinct()
              .toList();
      if (some.stream().anyMatch(kind)) {
        return some;
      }
    }
    return List.of();
  }

  private static boolean leadsHere(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isMulticastAddress();
  }

  /** Connecting a datagram socket sends nothing; it chooses the interface. */
  private static Optional<InetAddress> outgoing() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(ELSEWHERE, DISCARD));
      return Optional.ofNullable(socket.getLocalAddress());
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
