/**
 * The two seams of a device, {@link io.distillstream.device.transport.UpdateSource} and {@link
 * io.distillstream.device.transport.ReportSink}. A transport (Kafka, HTTP, a folder) implements
 * both and needs nothing else of a device, but may pause by what is here, too; what passes through
 * them is in {@link io.distillstream.update}.
 */
@NullMarked
package io.distillstream.device.transport;

import org.jspecify.annotations.NullMarked;
