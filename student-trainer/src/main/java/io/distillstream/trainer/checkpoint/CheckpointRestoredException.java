package io.distillstream.trainer.checkpoint;

/** An operator made an earlier checkpoint the newest one; training continues from there. */
public final class CheckpointRestoredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long version;

  /**
   * @param version of the newest checkpoint now
   */
  public CheckpointRestoredException(long version) {
    super("checkpoint %d was restored".formatted(version));
    this.version = version;
  }

  public long version() {
    return version;
  }
}
