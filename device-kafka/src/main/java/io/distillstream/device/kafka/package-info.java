/**
 * Kafka as a device's transport: manifests from {@code model-updates}, artifacts in chunks from
 * {@code model-blobs}, reports to {@code device-reports} and {@code stage-reports}. Avro ends here:
 * {@link io.distillstream.device.kafka.ManifestMapper} and {@link
 * io.distillstream.device.kafka.ReportMapper} turn its records into the device's own and back.
 */
@NullMarked
package io.distillstream.device.kafka;

import org.jspecify.annotations.NullMarked;
