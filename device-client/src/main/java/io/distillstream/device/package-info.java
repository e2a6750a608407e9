/**
 * A device: follows the updates of a model, verifies each artifact, swaps it in without dropping an
 * answer, and reports what became of it. How updates and reports travel is the business of a {@link
 * io.distillstream.device.transport transport}.
 *
 * <p>Trust is decided in one place, {@link io.distillstream.device.Acceptance}: today the label
 * space, the metadata and the probes; signatures and signed roll-backs belong there too. {@link
 * io.distillstream.device.Installer} holds the bytes to their manifest before.
 */
@NullMarked
package io.distillstream.device;

import org.jspecify.annotations.NullMarked;
