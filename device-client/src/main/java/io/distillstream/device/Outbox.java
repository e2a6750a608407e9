package io.distillstream.device;

import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.transport.ReportSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Delivers the reports that wait in the folder. Each stays there until the sink has it for good, so
 * it is sent at least once; a copy has the same version and time. Borrows both.
 */
final class Outbox {

  private final ModelFolder folder;
  private final ReportSink sink;
  private final Set<Path> underWay = ConcurrentHashMap.newKeySet();

  Outbox(ModelFolder folder, ReportSink sink) {
    this.folder = folder;
    this.sink = sink;
  }

  /** Sends the reports that are not yet under way. */
  void sendWaiting() throws IOException {
    for (Path file : folder.undelivered()) {
      if (underWay.add(file)) {
        boolean sent = false;
        try {
          var unused =
              sink.send(folder.report(file))
                  .whenComplete((done, failure) -> settle(file, failure == null));
          sent = true;
        } finally {
          if (!sent) {
            underWay.remove(file);
          }
        }
      }
    }
  }

  private void settle(Path file, boolean delivered) {
    if (delivered) {
      folder.delivered(file);
    }
    underWay.remove(file);
  }
}
