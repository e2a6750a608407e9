package io.distillstream.monitor.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.monitor.view.TestRecords;
import io.distillstream.wire.payload.DurationHistogram;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LegViewTest {

  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

  private final LegView view = new LegView(Duration.ofMinutes(5));

  @Test
  void shouldAddUpToTheAgeOfTheRecords() {
    // Ten records that took 1 + 2 + 3 + 4 s to a checkpoint at 10 s.
    view.checkpoint(checkpoint(1, 10, 10));
    view.update(update(1, 14, 15));

    view.installed(installed("phone", 1, 20), null);

    assertThat(mean(Leg.LABELLED)).isEqualTo(1);
    assertThat(mean(Leg.JOINED)).isEqualTo(2);
    assertThat(mean(Leg.TRAINED)).isEqualTo(3);
    assertThat(mean(Leg.CHECKPOINTED)).isEqualTo(4);
    assertThat(mean(Leg.QUANTIZED)).isEqualTo(4);
    assertThat(mean(Leg.PUBLISHED)).isEqualTo(1);
    assertThat(mean(Leg.INSTALLED)).isEqualTo(5);
    assertThat(whole()).isEqualTo(10 * 20);
  }

  @Test
  void shouldCountCheckpointsThatWereNeverPublishedWithTheNextThatWas() {
    view.checkpoint(checkpoint(1, 10, 10));
    view.update(update(1, 11, 12));
    view.installed(installed("phone", 1, 13), null);
    view.checkpoint(checkpoint(2, 10, 20));
    view.checkpoint(checkpoint(3, 10, 30));
    view.update(update(3, 31, 32));

    view.installed(installed("phone", 3, 33), 1L);

    assertThat(view.overall().of(Leg.LABELLED).records()).isEqualTo(30);
    // The records of checkpoint 2 waited for the quantizer from 20 to 31, those of 3 from 30 on.
    assertThat(view.overall().of(Leg.QUANTIZED).sumSeconds()).isEqualTo(10 + 110 + 10);
    assertThat(whole()).isEqualTo(130 + 230 + 130);
  }

  @Test
  void shouldCountForANewDeviceWhatItsFirstVersionAdded() {
    view.checkpoint(checkpoint(1, 10, 10));
    view.update(update(1, 11, 12));
    view.checkpoint(checkpoint(2, 10, 20));
    view.checkpoint(checkpoint(3, 10, 30));
    view.update(update(3, 31, 32));

    view.installed(installed("new", 3, 33), null);

    assertThat(view.overall().of(Leg.LABELLED).records()).isEqualTo(20);
  }

  @Test
  void shouldWaitForWhatIsReadLaterThanTheReport() {
    view.installed(installed("phone", 1, 20), null);
    view.update(update(1, 14, 15));
    assertThat(view.overall().of(Leg.INSTALLED).records()).isZero();

    view.checkpoint(checkpoint(1, 10, 10));

    assertThat(view.overall().of(Leg.INSTALLED).records()).isEqualTo(10);
  }

  @Test
  void shouldCountAnUpdateFromItsFirstPublication() {
    view.checkpoint(checkpoint(1, 10, 10));
    view.update(update(1, 14, 15));
    view.update(update(1, 14, 500));

    view.installed(installed("phone", 1, 20), null);

    assertThat(mean(Leg.INSTALLED)).isEqualTo(5);
  }

  @Test
  void shouldDoWithoutLegsThatNobodySays() {
    view.checkpoint(Checkpoint.newBuilder(checkpoint(1, 10, 10)).setLegTimes(null).build());
    view.update(update(1, 14, 15));
    view.installed(installed("phone", 1, 20), null);
    assertThat(view.overall().summaries()).allSatisfy(leg -> assertThat(leg.mean()).isNull());

    view.checkpoint(checkpoint(2, 10, 30));
    view.update(ModelUpdate.newBuilder(update(2, 0, 35)).setQuantizedAt(null).build());
    view.installed(installed("phone", 2, 40), 1L);

    assertThat(view.overall().of(Leg.QUANTIZED).records()).isZero();
    assertThat(mean(Leg.PUBLISHED)).isEqualTo(5);
    assertThat(whole()).isEqualTo(200);
  }

  @Test
  void shouldForgetInTheRecentFiguresWhatIsOlder() {
    view.checkpoint(checkpoint(1, 10, 10));
    view.update(update(1, 11, 12));
    view.installed(installed("phone", 1, 13), null);

    assertThat(view.recent(START.plusSeconds(60)).of(Leg.LABELLED).records()).isEqualTo(10);
    assertThat(view.recent(START.plusSeconds(600)).of(Leg.LABELLED).records()).isZero();
    assertThat(view.overall().of(Leg.LABELLED).records()).isEqualTo(10);
  }

  private double mean(Leg leg) {
    DurationHistogram durations = view.overall().of(leg);
    return durations.sumSeconds() / durations.records();
  }

  private double whole() {
    return Stream.of(Leg.values()).mapToDouble(leg -> view.overall().of(leg).sumSeconds()).sum();
  }

  private static Checkpoint checkpoint(long version, long records, long second) {
    Checkpoint checkpoint = TestRecords.checkpoint(version, records, 0.9, 0.1);
    return TestRecords.withLegs(checkpoint, records, START.plusSeconds(second));
  }

  private static ModelUpdate update(long version, long quantized, long published) {
    return ModelUpdate.newBuilder(
            TestRecords.update(version, 10, 0.9, START.plusSeconds(published)))
        .setQuantizedAt(START.plusSeconds(quantized))
        .build();
  }

  private static DeviceReport installed(String device, long version, long second) {
    return TestRecords.installed(
        device, version, START.plusSeconds(second), Duration.ofSeconds(20), 10);
  }
}
