package io.distillstream.device.folder;

/**
 * How a model has behaved on this device so far.
 *
 * @param crashes how often in a row the process ended while the model was loaded or soon after
 * @param lasted whether it has outlived its probation before
 */
public record Conduct(int crashes, boolean lasted) {

  /** Of a model that was never loaded here. */
  public static final Conduct UNKNOWN = new Conduct(0, false);
}
