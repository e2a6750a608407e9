package io.distillstream.device;

import io.distillstream.device.inference.OnnxClassifier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loaded model with a count of those who use it. It is closed by whoever gives back the last
 * lease, so that a model that was swapped out still finishes the answers it began.
 *
 * <p>The count starts at one, the lease of the {@link ModelSlot}; it never leaves zero again.
 */
final class LeasedModel {

  private final OnnxClassifier classifier;
  private final long version;
  private final AtomicInteger leases = new AtomicInteger(1);

  /** Takes ownership of the classifier. */
  LeasedModel(OnnxClassifier classifier, long version) {
    this.classifier = classifier;
    this.version = version;
  }

  OnnxClassifier classifier() {
    return classifier;
  }

  long version() {
    return version;
  }

  /** Takes one lease unless the model is already closed. */
  boolean tryLease() {
    int held = leases.get();
    while (held > 0) {
      if (leases.compareAndSet(held, held + 1)) {
        return true;
      }
      held = leases.get();
    }
    return false;
  }

  /** Gives one lease back; the last one closes the model. */
  void release() {
    int left = leases.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("released more often than leased: version " + version);
    }
    if (left == 0) {
      classifier.close();
    }
  }
}
