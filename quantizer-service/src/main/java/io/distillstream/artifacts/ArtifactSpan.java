package io.distillstream.artifacts;

import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topics;
import io.distillstream.wire.trace.Spans;
import io.distillstream.wire.transaction.TransactionException;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The span of what a channel makes of a checkpoint, a child of the checkpoint's own. */
final class ArtifactSpan implements AutoCloseable {

  private static final String MODEL = "distillstream.model";
  private static final String CHANNEL = "distillstream.channel";
  private static final String VERSION = "distillstream.version";

  private final Spans spans;
  private final QuantizerSettings settings;
  private final String updates;
  private final Span span;
  private @Nullable Outcome outcome;

  /** What became of a checkpoint on a channel. */
  enum Outcome {
    PUBLISHED,
    /** Worse than what devices run. */
    REFUSED,
    /** Over a budget of the channel. */
    REJECTED,
    UNUSABLE
  }

  /** A publication, which is to carry a trace. */
  interface Publication {
    void publish(SpanContext trace) throws IOException, TransactionException;
  }

  private ArtifactSpan(Spans spans, QuantizerSettings settings, String updates, Span span) {
    this.spans = spans;
    this.settings = settings;
    this.updates = updates;
    this.span = span;
  }

  /**
   * Begins one, which says nothing where the batch has no checkpoint to be made something of.
   *
   * @param stage the spans of the quantizer
   */
  static ArtifactSpan begin(
      Spans stage, Pipeline pipeline, QuantizerSettings settings, CheckpointQueue.Batch batch) {
    Spans spans = batch.newest().isPresent() ? stage : Spans.none();
    SpanBuilder builder =
        spans
            .process("quantize", Topics.CHECKPOINTS.in(pipeline), batch.trace())
            .setAttribute(MODEL, settings.model())
            .setAttribute(CHANNEL, settings.channel());
    batch.newest().ifPresent(newest -> builder.setAttribute(VERSION, newest.getVersion()));
    return new ArtifactSpan(
        spans, settings, Topics.MODEL_UPDATES.in(pipeline), builder.startSpan());
  }

  void settled(Outcome settled) {
    outcome = settled;
  }

  /** Publishes within a span of its own. */
  void publishing(Publication publication) throws IOException, TransactionException {
    Span publishing =
        spans
            .send("publish", updates, span.getSpanContext())
            .setAttribute("messaging.kafka.message.key", settings.updateKey())
            .startSpan();
    try {
      publication.publish(publishing.getSpanContext());
    } catch (IOException | TransactionException | RuntimeException e) {
      Spans.notPublished(publishing, e, "the update was not committed");
      throw e;
    } finally {
      publishing.end();
    }
  }

  /** What is not settled is taken up again, in another span. */
  @Override
  public void close() {
    Outcome settled = outcome;
    if (settled == null) {
      Spans.fail(span, "not_settled", "the checkpoint will be taken up again");
    } else {
      span.setAttribute("distillstream.outcome", settled.name().toLowerCase(Locale.ROOT));
    }
    span.end();
  }
}
