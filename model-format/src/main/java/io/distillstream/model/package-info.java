/**
 * What trainer, quantizer and device must agree on: what a model file says about itself and needs
 * to be run (label space, tokenizer, provenance); in {@code safetensors} the file format of heads
 * and checkpoints, in {@code quantization} how 8-bit weights are rounded. Plain Java, so that a
 * device can carry it.
 */
@NullMarked
package io.distillstream.model;

import org.jspecify.annotations.NullMarked;
