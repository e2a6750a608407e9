package io.distillstream.device;

import io.distillstream.device.folder.ReportFiles;
import io.distillstream.device.transport.ReportSink;
import io.distillstream.foundation.PlatformLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Delivers the reports that wait in the folder. Each stays there until the sink has it for good, so
 * it is sent at least once; a copy has the same version and time. Borrows both.
 */
final class Outbox {

  private static final PlatformLog log = PlatformLog.of(Outbox.class);

  private final ReportFiles reports;
  private final ReportSink sink;
  private final Set<Path> underWay = ConcurrentHashMap.newKeySet();

  Outbox(ReportFiles reports, ReportSink sink) {
    this.reports = reports;
    this.sink = sink;
  }

  /** Sends the reports that are not yet under way. */
  void sendWaiting() throws IOException {
    for (Path file : reports.undelivered()) {
      if (underWay.add(file)) {
        boolean sent = false;
        try {
          // It may have been delivered since the folder was listed.
          if (Files.exists(file)) {
            var unused =
                sink.send(reports.read(file))
                    .whenComplete((done, failure) -> settle(file, failure == null));
            sent = true;
          }
        } finally {
          if (!sent) {
            underWay.remove(file);
          }
        }
      }
    }
  }

  private void settle(Path file, boolean delivered) {
    try {
      if (delivered) {
        reports.delivered(file);
      }
      underWay.remove(file);
    } catch (UncheckedIOException e) {
      // Still under way, or it would be sent again and again.
      log.warn("A delivered report is sent once more at the next start", e);
    }
  }
}
