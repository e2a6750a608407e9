package io.distillstream.local.evaluate.score;

/**
 * A class taken for another.
 *
 * @param truth class of the label
 * @param answer class that was answered instead
 * @param texts how often
 */
public record Confusion(int truth, int answer, long texts) {}
