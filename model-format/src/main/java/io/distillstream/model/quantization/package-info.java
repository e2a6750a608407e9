/**
 * What a trainer and a quantizer must do alike, though neither knows the other: how 8-bit weights
 * are rounded, bit for bit, so that a student can train on what will be left of its weights; which
 * matrices stay as they are; and how much each constant matters, as the trainer tells it in the
 * model's metadata.
 */
@NullMarked
package io.distillstream.model.quantization;

import org.jspecify.annotations.NullMarked;
