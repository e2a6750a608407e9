package io.distillstream.device.kafka;

import io.distillstream.device.DeviceListener;
import io.distillstream.device.Installation;
import io.distillstream.device.Rejection;
import io.distillstream.wire.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Instant;
import java.util.TreeMap;

/**
 * The span of each installation, from when its update was read until its model answers or the
 * update is refused; a child of the update's publication. Updates that newer ones overtake have
 * none. Used by the device's thread.
 */
final class InstallSpans implements DeviceListener {

  /** Of the newest versions; whatever is older is hardly installed any more. */
  private static final int MOST = 64;

  private final Spans spans;
  private final String topic;
  private final String updateKey;
  private final TreeMap<Long, Seen> seen = new TreeMap<>();

  private record Seen(SpanContext trace, Instant at) {}

  /**
   * @param topic of updates
   * @param updateKey of those that are followed
   */
  InstallSpans(Spans spans, String topic, String updateKey) {
    this.spans = spans;
    this.topic = topic;
    this.updateKey = updateKey;
  }

  /** Takes note of an update; the first time counts. */
  void seen(long version, SpanContext trace) {
    seen.putIfAbsent(version, new Seen(trace, Instant.now()));
    if (seen.size() > MOST) {
      seen.pollFirstEntry();
    }
  }

  @Override
  public void installed(Installation installation) {
    Span span = begin(installation.version());
    span.setAttribute("distillstream.fetched_bytes", installation.bytesFetched());
    span.end();
    seen.headMap(installation.version(), true).clear();
  }

  @Override
  public void rejected(Rejection rejection) {
    Span span = begin(rejection.version());
    Spans.fail(span, "refused", rejection.reason());
    span.end();
  }

  /** Of one that was refused before any update was read there is nothing but its version. */
  private Span begin(long version) {
    Seen update = seen.getOrDefault(version, new Seen(SpanContext.getInvalid(), Instant.now()));
    return spans
        .process("install", topic, update.trace())
        .setStartTimestamp(update.at())
        .setAttribute("messaging.kafka.message.key", updateKey)
        .setAttribute("distillstream.version", version)
        .startSpan();
  }
}
