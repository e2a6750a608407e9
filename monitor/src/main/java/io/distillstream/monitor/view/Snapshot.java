package io.distillstream.monitor.view;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.distillstream.monitor.freshness.FreshnessHistogram;
import io.distillstream.monitor.freshness.Leg;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all readers of one second share; immutable, and turned into JSON once for all of them. A
 * text that says the same as in the snapshot before is the same object, so that a stream need not
 * send it again.
 *
 * @param streamedJson the status without its groups, which of many partitions are much
 * @param groupsJson lag by group and topic
 * @param lineageJson what the versions in the status were made from
 * @param freshness ages of records when devices had learned them
 * @param legs where that time went
 * @param revision changes whenever the history does
 */
public record Snapshot(
    Status status,
    String streamedJson,
    String historyJson,
    String groupsJson,
    List<Lineage> lineage,
    String lineageJson,
    FreshnessHistogram freshness,
    Map<Leg, FreshnessHistogram> legs,
    long revision) {

  @JsonIgnoreProperties("groups")
  private interface WithoutGroups {}

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final ObjectMapper STREAMED =
      JSON.copy().addMixIn(Status.class, WithoutGroups.class);

  /**
   * What the view tells now.
   *
   * @param before the snapshot before it; null for the first one
   */
  @SuppressWarnings("ReferenceEquality") // A view that has nothing new gives the same lists.
  public static Snapshot of(PipelineView view, Instant now, @Nullable Snapshot before) {
    Status status = view.status(now);
    List<Lineage> lineage = view.lineage();
    long revision = view.historyRevision();
    return new Snapshot(
        status,
        json(STREAMED, status),
        before != null && before.revision == revision
            ? before.historyJson
            : json(JSON, view.history()),
        before != null && before.status.groups() == status.groups()
            ? before.groupsJson
            : json(JSON, GroupTable.of(status.groups())),
        lineage,
        before != null && before.lineage == lineage ? before.lineageJson : json(JSON, lineage),
        view.freshness().histogram(),
        view.freshness().legHistograms(),
        revision);
  }

  /** The whole status, for whoever asks once. */
  public String statusJson() {
    return json(JSON, status);
  }

  private static String json(ObjectMapper mapper, Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Records of numbers and strings are always JSON", e);
    }
  }
}
