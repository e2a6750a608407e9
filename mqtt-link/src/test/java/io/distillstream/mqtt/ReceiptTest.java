package io.distillstream.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReceiptTest {

  @Test
  void shouldSayWhatWasWritten() {
    Receipt taken = new Receipt("5f0c", null);
    Receipt refused = new Receipt("5f0c", "'version' is no number");
    assertThat(Receipt.read(taken.write())).isEqualTo(taken);
    assertThat(Receipt.read(refused.write())).isEqualTo(refused);
  }

  @Test
  void shouldRefuseWhatIsNone() {
    assertThatThrownBy(() -> Receipt.read("{}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("report_sha256");
  }
}
