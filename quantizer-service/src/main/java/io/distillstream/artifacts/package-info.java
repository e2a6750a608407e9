/**
 * Turns checkpoints into published updates: follows the checkpoints of a model and publishes, on
 * each channel, the best artifact of the newest one for that channel's devices, if the gate lets it
 * pass.
 */
@NullMarked
package io.distillstream.artifacts;

import org.jspecify.annotations.NullMarked;
