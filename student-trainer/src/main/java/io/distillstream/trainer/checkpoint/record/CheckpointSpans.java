package io.distillstream.trainer.checkpoint.record;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.tracing.Tracing;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.checkpoint.TakenOverException;
import io.distillstream.wire.trace.Spans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import java.io.IOException;

/**
 * The span of each checkpoint, from when its state was taken until it is committed. It begins a
 * trace, since many requests lead to one checkpoint, and links to some of theirs.
 */
public final class CheckpointSpans {

  private final Spans spans;
  private final String examplesTopic;
  private final String model;

  CheckpointSpans(Spans spans, String examplesTopic, String model) {
    this.spans = spans;
    this.examplesTopic = examplesTopic;
    this.model = model;
  }

  /** Of the stage that a process's context knows. */
  public static CheckpointSpans of(ServiceContext context, String examplesTopic, String model) {
    return new CheckpointSpans(context.spans("trainer", Tracing.Roots.ALL), examplesTopic, model);
  }

  /** What is done within a checkpoint's span. */
  @FunctionalInterface
  public interface Writing {
    /**
     * Writes the checkpoint.
     *
     * @param trace that the checkpoint's record is to carry
     */
    void write(SpanContext trace) throws IOException;
  }

  /** Writes a checkpoint within a span of its own. */
  public void during(PendingCheckpoint checkpoint, Writing writing) throws IOException {
    SpanBuilder builder =
        spans
            .process("checkpoint", examplesTopic, SpanContext.getInvalid())
            .setStartTimestamp(checkpoint.createdAt())
            .setAttribute("messaging.batch.message_count", checkpoint.score().records())
            .setAttribute("distillstream.model", model)
            .setAttribute("distillstream.version", checkpoint.version());
    checkpoint.traces().forEach(builder::addLink);
    Span span = builder.startSpan();
    try {
      writing.write(span.getSpanContext());
    } catch (TakenOverException e) {
      Spans.fail(span, "fenced", "another trainer has taken over");
      throw e;
    } catch (IOException | RuntimeException e) {
      Spans.fail(span, "not_written", "the checkpoint was not committed");
      throw e;
    } finally {
      span.end();
    }
  }
}
