package io.distillstream.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MachineAddressesTest {

  @Test
  void shouldBeginWithTheWayOutAndLeaveOutWhatLeadsToNobody() {
    assertThat(
            likeliestFirst(
                "192.168.1.20",
                "127.0.0.1",
                "169.254.7.7",
                "10.8.0.2",
                "192.168.1.20",
                "203.0.113.9",
                "::1",
                "fe80::1",
                "fd00::20"))
        .containsExactly("192.168.1.20", "10.8.0.2");
  }

  @Test
  void shouldNameTheWayOutAlsoWhereItIsPublic() {
    assertThat(likeliestFirst("203.0.113.9", "10.0.0.5", "203.0.113.9"))
        .containsExactly("203.0.113.9", "10.0.0.5");
  }

  @Test
  void shouldTakeWhatThereIsWhereNothingIsSiteLocal() {
    assertThat(likeliestFirst("", "203.0.113.9", "2001:db8::1")).containsExactly("203.0.113.9");
    assertThat(likeliestFirst("", "::1", "2001:db8::1")).containsExactly("2001:db8:0:0:0:0:0:1");
    assertThat(likeliestFirst("0.0.0.0", "127.0.0.1")).isEmpty();
  }

  /** What this machine really has, whatever that is, can be spoken to. */
  @Test
  void shouldFindAddressesOfThisMachine() {
    assertThat(MachineAddresses.reachable(true))
        .doesNotHaveDuplicates()
        .allSatisfy(
            address -> {
              assertThat(address.isLoopbackAddress()).isFalse();
              assertThat(NetworkInterface.getByInetAddress(address)).isNotNull();
            });
  }

  private static List<String> likeliestFirst(String outgoing, String... all) {
    return MachineAddresses.likeliestFirst(
            outgoing.isEmpty() ? Optional.empty() : Optional.of(address(outgoing)),
            Arrays.stream(all).map(MachineAddressesTest::address).toList())
        .stream()
        .map(InetAddress::getHostAddress)
        .toList();
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
