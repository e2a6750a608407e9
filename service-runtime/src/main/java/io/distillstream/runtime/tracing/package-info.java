/**
 * Export of spans by OTLP over HTTP, where it is asked for. The only place that knows
 * OpenTelemetry's SDK; nothing of it is loaded before.
 */
@NullMarked
package io.distillstream.runtime.tracing;

import org.jspecify.annotations.NullMarked;
