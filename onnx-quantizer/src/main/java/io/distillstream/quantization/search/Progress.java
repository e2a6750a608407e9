package io.distillstream.quantization.search;

/** Is told what long work does. */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (what, done, of) -> {};

  /**
   * Some of it is done.
   *
   * @param what is being done, such as {@code calibrating}
   * @param done so far
   * @param of in all; 0 if that is not known
   */
  void at(String what, long done, long of);
}
