package io.distillstream.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PerAddressTest {

  private final PerAddress shares = new PerAddress(10, 6);

  @Test
  void shouldGrantAnAddressNoMoreThanItsPart() {
    assertThat(shares.take("a", 6)).isTrue();
    assertThat(shares.take("a", 1)).isFalse();
    assertThat(shares.take("b", 4)).isTrue();
  }

  @Test
  void shouldGrantAllTogetherNoMoreThanThereIs() {
    shares.take("a", 6);

    assertThat(shares.take("b", 5)).isFalse();
    assertThat(shares.take("b", 4)).isTrue();
  }

  @Test
  void shouldGrantAgainWhatWasGivenBack() {
    shares.take("a", 6);
    shares.give("a", 4);

    assertThat(shares.take("a", 4)).isTrue();
    assertThat(shares.take("a", 1)).isFalse();
    assertThat(shares.take("b", 4)).isTrue();
  }

  @Test
  void shouldCountANetworkOfIpv6AsOneAddress() throws Exception {
    assertThat(client("2001:db8:1:2::1")).isEqualTo(client("2001:db8:1:2:ffff::9"));
    assertThat(client("2001:db8:1:2::1")).isNotEqualTo(client("2001:db8:1:3::1"));
    assertThat(client("192.0.2.1")).isNotEqualTo(client("192.0.2.2"));
  }

  private static String client(String address) throws Exception {
    return PerAddress.client(new InetSocketAddress(InetAddress.getByName(address), 1));
  }
}
