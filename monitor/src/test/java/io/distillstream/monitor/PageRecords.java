package io.distillstream.monitor;

import io.distillstream.avro.TrainingEventKind;
import io.distillstream.monitor.view.TestRecords;
import io.distillstream.monitor.view.WatchedStage;
import java.time.Duration;
import java.time.Instant;

/** What pages are tested with. */
final class PageRecords {

  private PageRecords() {}

  /** Twelve versions, two devices, and a dead letter. */
  static void fill(WatchedPipeline watched) throws Exception {
    watched.keepStagesRunning();
    watched.leaveWaiting(WatchedStage.TEACHER, 30, 7);
    watched.leaveWaiting(WatchedStage.TRAINER, 30, 3);
    Instant now = Instant.now();
    for (int version = 1; version <= 12; version++) {
      long records = version * 2_000L;
      double agreement = 0.80 - 0.5 * Math.exp(-version / 3.0);
      double kl = 0.35 + 1.6 * Math.exp(-version / 3.0);
      Instant at = now.minusSeconds(20L * (12 - version));
      watched.send(TestRecords.checkpoint(version, records, agreement, kl));
      watched.send(TestRecords.update(version, records, agreement, at));
      Duration newest = Duration.ofMillis(4_000 + 300L * (version * 7 % 5));
      Duration oldest = Duration.ofMillis(19_000 + 900L * (version * 7 % 5));
      watched.send(
          TestRecords.installed("kiosk-1", version, at.plusSeconds(2), newest, oldest, 2_000));
    }
    watched.send(TestRecords.installed("kiosk-7", 9, now, Duration.ofSeconds(21), 500));
    watched.send(
        TestRecords.rejected(
            "kiosk-7", 12, now.plusSeconds(3), "Blob artifact-12 is damaged: SHA-256 is 4be1"));
    watched.sendDeadLetter("Cannot decode a record of demo.requests: unknown magic byte");
  }

  /** A stream that comes in runs: prequential figures swing, held-out ones rise and fall slowly. */
  static void fillWithHeldOut(WatchedPipeline watched) {
    Instant now = Instant.now();
    for (int version = 15; version <= 24; version++) {
      long records = version * 2_000L;
      double stream = version % 3 == 0 ? 0.97 : 0.58;
      boolean refused = version == 18 || version == 23;
      double heldOut = refused ? 0.76 : 0.80 - 0.002 * (24 - version);
      double kl = refused ? 0.48 : 0.35 + 0.01 * (24 - version);
      watched.send(
          TestRecords.heldOut(
              TestRecords.checkpoint(version, records, stream, 1.1 - stream), heldOut, kl));
      Instant at = now.minusSeconds(10L * (24 - version));
      if (refused) {
        watched.send(TestRecords.refused(version, records, version - 1L, at));
      } else {
        watched.send(
            TestRecords.compared(
                TestRecords.heldOut(TestRecords.update(version, records, stream, at), heldOut, kl),
                version == 24 ? 22 : version - 1L,
                0.004));
      }
      if (version == 20) {
        String message =
            "agreement fell from 0.794 to 0.702 some 1000 records ago; temperature is 4.00 and"
                + " learning rate 1.00e-03 from now on";
        watched.send(
            TestRecords.event(TrainingEventKind.DRIFT, version, records, message, at).build());
      }
    }
  }
}
