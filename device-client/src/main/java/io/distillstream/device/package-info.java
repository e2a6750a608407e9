/**
 * A device: follows the updates of a model, verifies each artifact, swaps it in without dropping an
 * answer, and reports what became of it. How updates and reports travel is the business of a {@link
 * io.distillstream.device.transport transport}.
 *
 * <p>Whom to believe is decided in {@link io.distillstream.device.trust.TrustedUpdateSource},
 * before a manifest is looked at; {@link io.distillstream.device.Installer} holds the bytes to
 * their manifest, and {@link io.distillstream.device.Acceptance} decides on label space, metadata
 * and probes whether the model may answer.
 */
@NullMarked
package io.distillstream.device;

import org.jspecify.annotations.NullMarked;
