package io.distillstream.artifacts.candidate;

/** Nothing can be made of a checkpoint: its file is damaged, or is not what the manifest says. */
public final class UnusableCheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableCheckpointException(String reason) {
    super(reason);
  }

  UnusableCheckpointException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
