/**
 * Kafka as a device's transport: manifests from {@code model-updates}, artifacts in chunks from
 * {@code model-blobs}, reports to {@code device-reports} and {@code stage-reports}. Avro ends here.
 */
@NullMarked
package io.distillstream.device.kafka;

import org.jspecify.annotations.NullMarked;
