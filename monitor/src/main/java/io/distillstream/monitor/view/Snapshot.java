package io.distillstream.monitor.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.distillstream.monitor.freshness.FreshnessHistogram;
import io.distillstream.monitor.freshness.Leg;
import java.time.Instant;
import java.util.Map;

/**
 * What all readers of one second share; immutable, and turned into JSON once for all of them.
 *
 * @param freshness ages of records when devices had learned them
 * @param legs where that time went
 * @param revision changes whenever the history does
 */
public record Snapshot(
    Status status,
    String statusJson,
    String historyJson,
    FreshnessHistogram freshness,
    Map<Leg, FreshnessHistogram> legs,
    long revision) {

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** A snapshot with the history of the one before, if that has not changed. */
  public static Snapshot of(PipelineView view, Instant now, Snapshot before) {
    Status status = view.status(now);
    boolean same = view.historyRevision() == before.revision();
    String history = same ? before.historyJson() : json(view.history());
    return of(view, status, history);
  }

  /** The first one. */
  public static Snapshot of(PipelineView view, Instant now) {
    Status status = view.status(now);
    return of(view, status, json(view.history()));
  }

  private static Snapshot of(PipelineView view, Status status, String history) {
    return new Snapshot(
        status,
        json(status),
        history,
        view.freshness().histogram(),
        view.freshness().legHistograms(),
        view.historyRevision());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records of numbers and strings are always JSON", e);
    }
  }
}
