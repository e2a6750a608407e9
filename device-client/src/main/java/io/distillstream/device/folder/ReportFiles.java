package io.distillstream.device.folder;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reports that are not yet delivered, a file each. {@link #delivered} may come from any thread. */
public final class ReportFiles {

  private static final PlatformLog log = PlatformLog.of(ReportFiles.class);
  private static final String REPORTS = "report-*.json";

  private final Path folder;

  ReportFiles(Path folder) {
    this.folder = folder;
  }

  /** Keeps a report until it is {@link #delivered}. */
  public void keep(UpdateReport report) throws IOException {
    String name =
        "report-"
            + report.version()
            + "-"
            + report.outcome()
            + "-"
            + report.at().toEpochMilli()
            + ".json";
    AtomicFiles.replace(folder.resolve(name), ReportJson.write(report));
  }

  /** Reports not yet delivered, as files. */
  public List<Path> undelivered() throws IOException {
    return ModelFolder.list(folder, REPORTS);
  }

  /** The report in a file. */
  public UpdateReport read(Path file) throws IOException {
    return ModelFolder.read(file, ReportJson::readReport);
  }

  /** The report has been delivered. */
  public void delivered(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove the delivered report " + file, e);
    }
  }

  /** Removes what cannot be read, and reports of installations that did not happen. */
  void clear(long installedVersion) throws IOException {
    for (Path file : undelivered()) {
      if (!isToBeDelivered(file, installedVersion)) {
        Files.delete(file);
      }
    }
  }

  private static boolean isToBeDelivered(Path file, long installedVersion) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      UpdateReport report = ReportJson.readReport(content);
      // Written ahead of a note that never came: that installation did not happen.
      return report.outcome() != UpdateReport.Outcome.INSTALLED
          || report.version() <= installedVersion;
    } catch (InvalidJsonException e) {
      log.warn("Report {} cannot be read and is removed: {}", file, e.getMessage());
      return false;
    }
  }
}
