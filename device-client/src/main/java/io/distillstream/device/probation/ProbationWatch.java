package io.distillstream.device.probation;

import java.util.concurrent.TimeUnit;

/**
 * Looks after a {@link Probation} until the device is closed, or the virtual machine ends in order:
 * that is no crash. Owns a thread.
 */
public final class ProbationWatch implements AutoCloseable {

  private static final long GRACE_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final Probation probation;
  private final Thread thread;
  private final Thread atEnd;

  private ProbationWatch(Probation probation, Thread thread, Thread atEnd) {
    this.probation = probation;
    this.thread = thread;
    this.atEnd = atEnd;
  }

  /**
   * Begins to look after it.
   *
   * @param probation transferred
   * @param name of the device
   */
  public static ProbationWatch start(Probation probation, String name) {
    Thread thread = new Thread(probation::watch, name + "-probation");
    thread.setDaemon(true);
    thread.start();
    Thread atEnd = new Thread(probation::close, name + "-end");
    try {
      Runtime.getRuntime().addShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      // It is ending already.
      probation.close();
    }
    return new ProbationWatch(probation, thread, atEnd);
  }

  /** The device is closed in order. Idempotent. */
  @Override
  public void close() {
    probation.close();
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
      thread.join(GRACE_MILLIS);
    } catch (IllegalStateException e) {
      // The virtual machine is ending, and runs the hook.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
