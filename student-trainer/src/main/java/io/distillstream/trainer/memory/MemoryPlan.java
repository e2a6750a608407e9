package io.distillstream.trainer.memory;

/**
 * How much a memory holds, and what.
 *
 * @param policy which examples stay
 * @param maxExamples at most so many
 * @param maxBytes and at most so many bytes of them, as they stand in a checkpoint
 * @param halfLife for {@link MemoryPolicy#RECENCY_WEIGHTED} and {@link MemoryPolicy#STRATIFIED}:
 *     further examples after which one counts half
 */
public record MemoryPlan(MemoryPolicy policy, int maxExamples, long maxBytes, long halfLife) {

  public MemoryPlan {
    if (maxExamples < 1 || maxBytes < 1 || halfLife < 1) {
      throw new IllegalArgumentException(
          "impossible memory: %d examples, %d bytes, half-life %d"
              .formatted(maxExamples, maxBytes, halfLife));
    }
  }
}
