/**
 * How a trace goes through a pipeline: its context in records' headers, in the <a
 * href="https://www.w3.org/TR/trace-context/">W3C's format</a>, and the spans of stages, named by
 * OpenTelemetry's conventions. OpenTelemetry's interfaces alone are used here; whether spans are
 * exported is up to whoever hands in a tracer.
 */
@NullMarked
package io.distillstream.wire.trace;

import org.jspecify.annotations.NullMarked;
