/**
 * The two seams of a device, {@link io.distillstream.device.transport.UpdateSource} and {@link
 * io.distillstream.device.transport.ReportSink}, and what passes through them. A transport (Kafka,
 * HTTP, a folder) implements both and needs nothing else of a device.
 */
@NullMarked
package io.distillstream.device.transport;

import org.jspecify.annotations.NullMarked;
