package io.distillstream.device;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The model that answers now. Readers take a lease; nobody waits for anybody. */
final class ModelSlot {

  private final AtomicReference<@Nullable LeasedModel> current = new AtomicReference<>();

  /**
   * The current model with a lease taken for the caller, who must {@link LeasedModel#release} it;
   * null while there is none.
   */
  @Nullable LeasedModel lease() {
    while (true) {
      LeasedModel model = current.get();
      // A lease is refused only to a model that has left the slot, so the next look finds another.
      if (model == null || model.tryLease()) {
        return model;
      }
    }
  }

  /** Puts a model in the slot and gives up the slot's lease on the one before. */
  void swap(@Nullable LeasedModel next) {
    LeasedModel previous = current.getAndSet(next);
    if (previous != null) {
      previous.release();
    }
  }

  /** Version of the current model; 0 while there is none. */
  long version() {
    LeasedModel model = current.get();
    return model == null ? 0 : model.version();
  }
}
