package io.distillstream.tap.record;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all exchanges take together while they are recorded, those that wait for the journal among
 * them. Thread-safe.
 */
public final class RecordingMemory {

  private final long mostBytes;
  private final AtomicLong held = new AtomicLong();

  /**
   * @param mostBytes of all exchanges
   */
  public RecordingMemory(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Bytes that are taken now. */
  public long bytes() {
    return held.get();
  }

  /** Nothing yet, for one exchange. */
  public Part part() {
    return new Part();
  }

  /** What one exchange takes. Thread-safe. */
  public final class Part {

    private long mine;
    private boolean freed;

    private Part() {}

    /** Takes more, unless all would be more than there is; what was freed takes nothing more. */
    public synchronized boolean take(long bytes) {
      if (freed) {
        return false;
      }
      if (held.addAndGet(bytes) > mostBytes) {
        held.addAndGet(-bytes);
        return false;
      }
      mine += bytes;
      return true;
    }

    /** Takes more whether there is room or not: it is needed to answer the client. */
    public synchronized void need(long bytes) {
      if (!freed) {
        held.addAndGet(bytes);
        mine += bytes;
      }
    }

    /** Gives all back, for good. */
    public synchronized void free() {
      held.addAndGet(-mine);
      mine = 0;
      freed = true;
    }
  }
}
