package io.distillstream.monitor.view;

import io.distillstream.avro.TrainingEvent;
import io.distillstream.avro.TrainingEventKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What happened to a student: the newest events, and the versions that were refused. */
final class EventView {

  private static final int MAX_EVENTS = 20;
  private static final int MAX_REFUSALS = 64;
  private static final int MAX_SHOWN_REFUSALS = 20;

  private final Deque<Status.Event> events = new ArrayDeque<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final LinkedHashMap<VersionKey, Status.Refusal> refusals = new LinkedHashMap<>();

  EventView() {
    for (TrainingEventKind kind : TrainingEventKind.values()) {
      counts.put(word(kind), 0L);
    }
  }

  void happened(TrainingEvent event) {
    counts.merge(word(event.getKind()), 1L, Long::sum);
    events.addFirst(
        new Status.Event(
            event.getAt().toString(),
            word(event.getKind()),
            event.getVersion(),
            event.getRecords(),
            event.getChannel(),
            event.getMessage(),
            new TreeMap<>(event.getDetails())));
    if (events.size() > MAX_EVENTS) {
      events.removeLast();
    }
    if (event.getKind() == TrainingEventKind.REFUSED) {
      refused(event);
    }
  }

  private void refused(TrainingEvent event) {
    String channel = Objects.requireNonNullElse(event.getChannel(), "");
    VersionKey key = new VersionKey(event.getVersion(), channel);
    // Taken out first, so that the map is in the order of the last refusal.
    refusals.remove(key);
    refusals.put(
        key,
        new Status.Refusal(
            event.getVersion(),
            channel,
            event.getRecords(),
            Comparison.of(event.getDetails()),
            event.getMessage(),
            event.getAt().toString()));
    if (refusals.size() > MAX_REFUSALS) {
      refusals.remove(refusals.keySet().iterator().next());
    }
  }

  private static String word(TrainingEventKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** The newest first. */
  List<Status.Event> latest() {
    return List.copyOf(events);
  }

  /** By kind, all kinds. */
  Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** The newest first. */
  List<Status.Refusal> latestRefusals() {
    List<Status.Refusal> latest = new ArrayList<>(refusals.values());
    Collections.reverse(latest);
    return latest.stream().limit(MAX_SHOWN_REFUSALS).toList();
  }

  /** Those of these versions, in the order in which they were refused. */
  List<Status.Refusal> refusals(long from, long to) {
    return refusals.values().stream()
        .filter(refusal -> from <= refusal.version() && refusal.version() <= to)
        .toList();
  }
}
