package io.distillstream.monitor.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;

/**
 * What all readers of one second share; immutable, and turned into JSON once for all of them.
 *
 * @param revision changes whenever the history does
 */
public record Snapshot(Status status, String statusJson, String historyJson, long revision) {

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** A snapshot with the history of the one before, if that has not changed. */
  public static Snapshot of(PipelineView view, Instant now, Snapshot before) {
    Status status = view.status(now);
    boolean same = view.historyRevision() == before.revision();
    String history = same ? before.historyJson() : json(view.history());
    return new Snapshot(status, json(status), history, view.historyRevision());
  }

  /** The first one. */
  public static Snapshot of(PipelineView view, Instant now) {
    Status status = view.status(now);
    return new Snapshot(status, json(status), json(view.history()), view.historyRevision());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records of numbers and strings are always JSON", e);
    }
  }
}
