package io.distillstream.trainer.memory;

/**
 * An example that was drawn from a memory.
 *
 * @param age number of examples that the memory was offered since
 */
public record Drawn(Remembered example, long age) {}
