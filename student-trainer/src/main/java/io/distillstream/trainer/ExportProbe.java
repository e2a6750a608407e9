package io.distillstream.trainer;

/**
 * Real inputs with the training engine's logits. The arrays are taken over, not copied.
 *
 * @param tokens {@code [batch][tokens]}, unpadded
 * @param logits {@code [batch][classes]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record ExportProbe(int[][] tokens, float[][] logits) {}
