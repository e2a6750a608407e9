package io.distillstream.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;

/**
 * The PyTorch engine, one for the process, and its threads with it: all that computes in PyTorch
 * shares them.
 */
public final class PyTorch {

  private PyTorch() {}

  /**
   * The engine; the first call loads the native library. Thread-safe.
   *
   * @throws PyTorchUnavailableException if this machine cannot load it
   */
  public static Engine engine() {
    // One computation thread: it is as fast for small matrices, and sums in one order.
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
    // The native library comes from the class path or not at all.
    setUnlessSet("ai.djl.offline", "true");
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException e) {
      throw new PyTorchUnavailableException("PyTorch cannot be loaded: " + root(e), e);
    }
  }

  private static String root(Throwable failure) {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return String.valueOf(reason.getMessage());
  }

  private static void setUnlessSet(String property, String value) {
    System.setProperty(property, System.getProperty(property, value));
  }
}
