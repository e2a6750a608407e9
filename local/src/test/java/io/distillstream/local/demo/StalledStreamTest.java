package io.distillstream.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.StageReport;
import io.distillstream.device.Rejection;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StalledStreamTest {

  private final Map<String, Long> counters = new HashMap<>();
  private final Map<String, String> notes = new HashMap<>();

  private String reason(Optional<Rejection> refused) {
    return StalledStream.reason(
        10,
        9,
        stage -> new StageReport(stage, "1", Instant.EPOCH, counters, new HashMap<>(), notes),
        refused);
  }

  @Test
  void shouldNameTheFirstStageThatIsBehind() {
    counters.put("records_labelled", 10L);
    counters.put("examples_joined", 7L);

    assertThat(reason(Optional.empty())).isEqualTo("the joiner joined 7 and refused 0");
  }

  @Test
  void shouldNotWaitForWhatIsHeldOut() {
    passTheTrainer();
    counters.put("records_trained", 8L);

    assertThat(reason(Optional.empty())).isEqualTo("the trainer trained 8 and refused 0");
  }

  @Test
  void shouldSayWhyTheQuantizerPublishesNothing() {
    passTheTrainer();
    counters.put("artifacts_rejected", 3L);
    notes.put("last_rejection", "3: agreement 0.9 is below 0.98");

    assertThat(reason(Optional.empty()))
        .isEqualTo("the quantizer published 0 and refused 3 (3: agreement 0.9 is below 0.98)");
  }

  @Test
  void shouldCountWhatIsWorseThanWhatTheDeviceRuns() {
    passTheTrainer();
    counters.put("artifacts_published", 4L);
    counters.put("artifacts_rejected", 1L);
    counters.put("candidates_worse", 2L);

    assertThat(reason(Optional.empty())).isEqualTo("the quantizer published 4 and refused 3");
  }

  @Test
  void shouldSayWhyTheDeviceTookNothing() {
    passTheTrainer();

    assertThat(reason(Optional.of(new Rejection(4, "probes differ"))))
        .isEqualTo("the device refused version 4: probes differ");
  }

  private void passTheTrainer() {
    counters.put("records_labelled", 10L);
    counters.put("examples_joined", 10L);
    counters.put("records_trained", 9L);
  }
}
