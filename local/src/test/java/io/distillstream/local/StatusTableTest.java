package io.distillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {

  @Test
  void shouldShowEveryStageAndDashesForWhatIsNotKnown() throws Exception {
    List<String> lines =
        StatusTable.lines(
            new ObjectMapper()
                .readTree(
                    """
                    {"pipeline": "demo", "model": "student", "at": "2026-01-01T00:00:00Z",
                     "connected": true,
                     "stages": [
                       {"name": "teacher", "state": "running", "lag": 12, "lag_seconds": 3.25,
                        "rate_per_second": 98.04,
                        "total": 12345, "notes": {"teacher_version": "0123456789ab"}},
                       {"name": "trainer", "state": "awaited", "lag": null, "lag_seconds": null,
                        "rate_per_second": null, "total": null, "notes": {}}],
                     "training": {"version": 7, "agreement": 0.7512, "temperature": 3.5},
                     "versions": [], "devices": {"known": 0, "current": 0},
                     "freshness": {"recent_seconds": 300,
                       "overall": {"records": 10, "p50": 12.34, "p95": 20.0, "max": 21.0},
                       "recent": {"records": 0, "p50": null, "p95": null, "max": null}},
                     "dead_letters": {"count": 2}}
                    """));
    assertThat(lines)
        .contains(
            "  teacher    running          12       3.3       98.0       12,345  version 0123456789ab",
            "  trainer    awaited           -         -          -            -  version 7, agreement 0.751,"
                + " τ 3.50",
            "  freshness    p50 12.3 s, p95 20.0 s, max 21.0 s over 10 records",
            "  dead letters 2");
  }
}
