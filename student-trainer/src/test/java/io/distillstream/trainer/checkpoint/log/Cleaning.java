package io.distillstream.trainer.checkpoint.log;

import io.distillstream.trainer.checkpoint.RetentionPolicy;
import java.io.IOException;
import java.time.Clock;

/** Deletes old checkpoints when a test wants it; trainers do so after a checkpoint. */
public final class Cleaning {
  private Cleaning() {}

  /**
   * Cleans once, in the name of the model's trainer, which this takes the model from.
   *
   * @param worthBytes how much there must be to free for others' checkpoints to be sent again
   */
  public static void run(
      CheckpointAccess access, String model, RetentionPolicy policy, long worthBytes)
      throws IOException {
    try (CheckpointTransactions transactions = new CheckpointTransactions(access.clients())) {
      new CheckpointCleaner(access, model, policy, worthBytes, Clock.systemUTC())
          .clean(transactions);
    }
  }
}
