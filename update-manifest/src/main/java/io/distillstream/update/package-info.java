/**
 * What is said of an update. {@link io.distillstream.update.UpdateManifest} is what a pipeline says
 * of a published artifact, {@link io.distillstream.update.UpdateReport} what became of it on a
 * device, {@link io.distillstream.update.DeviceStatus} how the device is. {@link
 * io.distillstream.update.ManifestJson} and {@link io.distillstream.update.ReportJson} are their
 * form on every way but Kafka's.
 */
@NullMarked
package io.distillstream.update;

import org.jspecify.annotations.NullMarked;
