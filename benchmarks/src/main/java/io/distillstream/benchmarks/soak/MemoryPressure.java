package io.distillstream.benchmarks.soak;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;

/**
 * Makes memory move: garbage on the heap, and direct buffers of all sizes, filled and dropped, so
 * that the allocator soon gives freed native memory to somebody else. Whatever still read it would
 * read this: bytes of {@code ff}, which as floats are NaN.
 */
final class MemoryPressure {
  private static final int MIB = 1 << 20;
  private static final int SMALLEST = 256;
  private static final int HELD = 8;

  private final int bytesPerStep;
  private final SplittableRandom random;
  private final Deque<ByteBuffer> direct = new ArrayDeque<>();
  private final Deque<byte[]> heap = new ArrayDeque<>();

  /**
   * @param mibPerStep allocated directly and once more on the heap by {@link #apply}; 0 for none
   */
  MemoryPressure(int mibPerStep, long seed) {
    this.bytesPerStep = mibPerStep * MIB;
    this.random = new SplittableRandom(seed);
  }

  /** Allocates a step's share, and lets go of all but the newest few. */
  void apply() {
    for (int left = bytesPerStep; left >= SMALLEST; ) {
      int size = Math.min(left, SMALLEST << random.nextInt(13));
      ByteBuffer buffer = ByteBuffer.allocateDirect(size);
      while (buffer.remaining() >= Long.BYTES) {
        buffer.putLong(-1);
      }
      direct.add(buffer);
      heap.add(new byte[size]);
      left -= size;
    }
    while (direct.size() > HELD) {
      direct.remove();
      heap.remove();
    }
  }
}
