package io.distillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.runtime.ServedPage;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhoneCodeTest {

  private static final String ADDRESS = "https://192.168.178.20:8070/device/";
  private static final String PINNED = "#root=" + "5f0c".repeat(16);

  @Test
  void shouldBeReadAgainOnDarkTerminalsAndOnLightOnes() throws Exception {
    for (String address : List.of(ADDRESS, ADDRESS + PINNED, "https://h/" + "long/".repeat(200))) {
      String printed = String.join("\r\n", PhoneCode.lines(page(true, address, ADDRESS), true));
      assertThat(PrintedQrCode.read(printed, true)).isEqualTo(address);
      assertThat(PrintedQrCode.read(printed, false)).isEqualTo(address);
    }
  }

  @Test
  void shouldFitOnAScreen() {
    List<String> lines = PhoneCode.lines(page(true, ADDRESS + PINNED), true);
    assertThat(lines).hasSizeBetween(11, 24);
    assertThat(lines.stream().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "").length()))
        .containsOnly(2 * lines.size() - 1);
  }

  @Test
  void shouldPrintNothingWhereNoOtherMachineReachesThePage() {
    assertThat(PhoneCode.lines(page(false, "http://127.0.0.1:8070/device/"), true)).isEmpty();
  }

  @Test
  void shouldPrintNoCodeWhereNoneCanBeShownOrTheAddressIsTooLong() {
    assertThat(PhoneCode.lines(page(true, ADDRESS), false)).isEmpty();
    assertThat(PhoneCode.lines(page(true, "https://h/" + "long/".repeat(600)), true)).isEmpty();
  }

  @Test
  void shouldSayThatBrowsersWantHttps() {
    assertThat(PhoneCode.lines(page(true, "http://192.168.178.20:8070/device/"), false))
        .singleElement()
        .asString()
        .contains("https", "gateway.tls-certificate", "gateway.url");
  }

  private static ServedPage page(boolean forOthers, String... addresses) {
    return new ServedPage(Arrays.stream(addresses).map(URI::create).toList(), forOthers);
  }
}
