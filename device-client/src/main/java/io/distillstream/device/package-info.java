/**
 * A device: subscribes to model updates, verifies each artifact, swaps it in without dropping an
 * answer, and reports what became of it.
 *
 * <p>Trust is decided in one place, {@link io.distillstream.device.Acceptance}: today the digest,
 * the label space, the metadata and the probe; signatures and signed roll-backs belong there too.
 */
@NullMarked
package io.distillstream.device;

import org.jspecify.annotations.NullMarked;
