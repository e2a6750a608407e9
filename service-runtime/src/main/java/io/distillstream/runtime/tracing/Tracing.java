package io.distillstream.runtime.tracing;

import io.distillstream.wire.trace.Spans;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a process's stages, exported where that is asked for. Registers nothing globally.
 * Thread-safe.
 */
public final class Tracing implements AutoCloseable {

  private static final Tracing OFF = new Tracing(null);

  private final @Nullable SpanExport export;

  /** Which of a stage's spans are exported where nobody has decided it before. */
  public enum Roots {
    /** A share, by the trace id: each is of a single request. */
    SAMPLED,
    /** All: each is of a whole model, and links to the requests that it learned. */
    ALL
  }

  private Tracing(@Nullable SpanExport export) {
    this.export = export;
  }

  /** Traces nothing; contexts that come in are passed on all the same. */
  public static Tracing off() {
    return OFF;
  }

  /**
   * Begins to export, where there is a plan for it. The collector need not be there.
   *
   * @param namespace of the stages: the pipeline's name
   * @param instance tells processes of the same stage apart
   */
  public static Tracing start(Optional<ExportPlan> plan, String namespace, String instance) {
    return plan.isEmpty() ? OFF : new Tracing(SpanExport.start(plan.get(), namespace, instance));
  }

  /** The spans of a stage; the same for the same name. */
  public Spans stage(String name, Roots roots, ExportListener listener) {
    SpanExport current = export;
    return current == null ? Spans.none() : current.stage(name, roots, listener);
  }

  /** Waits two seconds at most for the last spans to be delivered. */
  @Override
  public void close() {
    SpanExport current = export;
    if (current != null) {
      current.close();
    }
  }
}
