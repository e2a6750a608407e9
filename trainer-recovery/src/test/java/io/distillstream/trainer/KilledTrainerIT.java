package io.distillstream.trainer;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trainer's process is killed again and again, at random instants and inside checkpoint
 * transactions, over a stream that is kept ahead of it on a real broker. What it leaves must be
 * what a trainer leaves that was never killed. {@code -Dtrainer.kills=50} asks for more kills.
 */
@ExtendWith(SharedCluster.class)
class KilledTrainerIT {

  private static final int KILLS = Integer.getInteger("trainer.kills", 10);

  private final EmbeddedCluster embedded;

  @TempDir private Path folder;

  KilledTrainerIT(EmbeddedCluster embedded) {
    this.embedded = embedded;
  }

  @Test
  void shouldLeaveWhatAnUndisturbedTrainerLeavesAfterManyKills() throws Exception {
    // With patience: what is passed over without a checkpoint is in no memory after a kill.
    Map<String, String> heldOut =
        Map.of(
            "trainer.held-out.one-in", "5",
            "trainer.replay.share", "0.25",
            "trainer.replay.max-examples", "500",
            "trainer.checkpoint-interval", "30s");
    try (TrainerHarness harness = new TrainerHarness("kills", embedded, folder);
        KilledTrainer trainer = new KilledTrainer(harness, folder, 1, heldOut)) {
      trainer.sendInOrder();
      trainer.kill(KILLS, KILLS / 10);
      trainer.finish();
      trainer.assertEachRecordTrainedOnce();
      trainer.assertEachHeldOutRequestPublishedOnce();
      trainer.assertTheSameBitsAsUndisturbed();
      trainer.assertNothingUncommittedWasShown();
    }
  }

  @Test
  void shouldSendEachHardExampleOnceAndTrainItsAnswerOnceThroughKills() throws Exception {
    Map<String, String> adversarial =
        Map.of(
            "trainer.consistency.weight", "1",
            "trainer.augmentation.max-share", "0.1",
            "trainer.augmentation.candidates", "20",
            "trainer.augmentation.start-records", "100");
    try (TrainerHarness harness = new TrainerHarness("hard-kills", embedded, folder);
        KilledTrainer trainer = new KilledTrainer(harness, folder, 3, adversarial)) {
      trainer.sendInOrder();
      trainer.kill(6, 1);
      trainer.finish();
      trainer.assertEachRecordTrainedOnce();
      trainer.assertTheSameBitsAsUndisturbed();
      trainer.assertEachHardExampleSentOnce();
      trainer.assertShareOfHardExamples(0.1);
      trainer.assertNothingUncommittedWasShown();
    }
  }

  @Test
  void shouldMeetThePartitionsRecordsAndCorrectionsInTheSameOrderAfterEveryKill() throws Exception {
    Map<String, String> replay =
        Map.of("trainer.replay.share", "0.25", "trainer.replay.max-examples", "500");
    try (TrainerHarness harness = new TrainerHarness("merge", embedded, folder);
        KilledTrainer trainer = new KilledTrainer(harness, folder, 2, replay)) {
      trainer.correct(10);
      trainer.sendOverThreePartitions();
      trainer.kill(6, 1);
      trainer.finish();
      trainer.assertEachRecordTrainedOnce();
      trainer.assertEachCorrectionTrainedOnce();
      trainer.assertTheSameBitsAsUndisturbed();
      trainer.assertNothingUncommittedWasShown();
    }
  }
}
