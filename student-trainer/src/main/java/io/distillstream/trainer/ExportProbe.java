package io.distillstream.trainer;

import io.distillstream.trainer.engine.Inputs;

/**
 * Real inputs with the training engine's logits. The arrays are taken over, not copied.
 *
 * @param logits {@code [rows][classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record ExportProbe(Inputs inputs, float[][] logits) {}
