package io.distillstream.local.memory;

import io.distillstream.trainer.settings.TrainingMemory;

/**
 * What the services of one process take of memory at most, their student's share included.
 *
 * @param heapBytes of the Java heap
 * @param bytes heap and all else together
 */
record MemoryNeed(long heapBytes, long bytes) {
  private static final long MIB = 1L << 20;

  /** Of services without a student: their heap; engines, libraries, code and threads. */
  private static final long HEAP = 128 * MIB;

  private static final long BESIDE_HEAP = 768 * MIB;

  /** Copies of the exported model that quantizing it takes, on the heap and in the engine. */
  private static final int QUANTIZING_HEAP = 1;

  private static final int QUANTIZING_ENGINE = 2;

  /** A heap with which the collector has little to do, where the student is small. */
  private static final long USUAL_HEAP = 2_048 * MIB;

  private static final long SPARE_HEAP = 256 * MIB;

  /**
   * Of a process.
   *
   * @param trains whether it trains the student
   * @param quantizes whether it quantizes it
   */
  static MemoryNeed of(boolean trains, boolean quantizes, TrainingMemory student) {
    long heap = HEAP;
    long beside = BESIDE_HEAP;
    if (trains) {
      heap += student.heapBytes();
      beside += student.nativeBytes();
    }
    if (quantizes) {
      heap += QUANTIZING_HEAP * student.modelBytes();
      beside += QUANTIZING_ENGINE * student.modelBytes();
    }
    return new MemoryNeed(heap, heap + beside);
  }

  /** The heap to allow: what is needed, or more of what the machine has. */
  long heapToAllow(long available) {
    return Math.max(heapBytes + SPARE_HEAP, Math.min(USUAL_HEAP, available / 2));
  }
}
