package io.distillstream.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.foundation.json.InvalidJsonException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportJsonTest {

  private static final UpdateReport REPORT =
      new UpdateReport(
          "d1",
          "glosses",
          "stable",
          7,
          UpdateReport.Outcome.REJECTED,
          "its SHA-256 is \"wrong\"",
          new ArrivalCounts(new TreeMap<>(Map.of(1000L, 2L, 1_700_000_000_000L, 3L))),
          42,
          Instant.parse("2026-03-01T12:00:00.123456Z"));

  private static final String WRITTEN =
      ("{'device_id':'d1','model':'glosses','channel':'stable','version':7,'outcome':'REJECTED',"
              + "'reason':'its SHA-256 is \\'wrong\\'','arrivals':{'starts_millis':[1000,"
              + "1700000000000],'counts':[2,3]},'answers_served':42,"
              + "'at':'2026-03-01T12:00:00.123456Z'}")
          .replace('\'', '"');

  @Test
  void shouldWriteWhatIsDocumented() {
    assertThat(new String(ReportJson.write(REPORT), StandardCharsets.UTF_8)).isEqualTo(WRITTEN);
  }

  @Test
  void shouldReadBackWhatItWrote() {
    DeviceStatus status = new DeviceStatus("d1", Instant.parse("2026-03-01T12:00:00Z"), 42, 0);

    assertThat(ReportJson.readReport(ReportJson.write(REPORT))).isEqualTo(REPORT);
    assertThat(ReportJson.readStatus(ReportJson.write(status))).isEqualTo(status);
  }

  @Test
  void shouldTakeAReportOfADeviceWhoseClockIsWrong() {
    String wrong = WRITTEN.replace("2026-03-01", "1969-12-31");

    assertThat(ReportJson.readReport(bytes(wrong)).at()).isBefore(Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"device_id\":\"d1\" | \"device_id\":\"\" | device_id",
        "\"version\":7 | \"version\":7.5 | version",
        "REJECTED | LOST | outcome",
        "\"outcome\":\"REJECTED\", | ~~ | outcome",
        "\"reason\":\" | \"reason\":7,\"x\":\" | reason",
        "\"answers_served\":42 | \"answers_served\":-1 | answers_served",
        "2026-03-01T | yesterday | at",
        "2026-03-01T | +123456-03-01T | at",
      })
  void shouldNameTheFieldAtFault(String sound, String damaged, String field) {
    assertThat(WRITTEN).contains(sound);

    assertThatThrownBy(() -> ReportJson.readReport(bytes(WRITTEN.replace(sound, damaged))))
        .isInstanceOf(InvalidJsonException.class)
        .hasMessageContaining("'" + field + "'");
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
