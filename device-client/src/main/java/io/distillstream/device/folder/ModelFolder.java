package io.distillstream.device.folder;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.PrivateFolders;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.update.ReportJson;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a device keeps on disk: the installed artifact, the note of which it is, the note of those
 * it stepped back from, the note of when it joined, and reports not yet delivered.
 *
 * <p>The note is the commit: it is written beside its place, forced to disk and moved there in one
 * step, after the artifact and the report of the installation. Whatever moment the process dies at,
 * a restart finds either the old model or the new one, and reports each installation.
 *
 * <p>Owns a lock on the folder. Installation is single-threaded; {@link #delivered} may come from
 * any thread.
 */
public final class ModelFolder implements AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(ModelFolder.class);
  private static final String INSTALLED = "installed.json";
  private static final String FORGOTTEN = "forgotten.json";
  private static final String JOINED = "joined.json";
  private static final String REPORTS = "report-*.json";
  private static final String ARTIFACTS = "model-*";
  private static final String DELTAS = "delta-*";
  private static final String UNREADABLE = "{installed,report-*}.avro";

  private final Path folder;
  private final FileChannel lockFile;
  private final FileLock lock;

  private ModelFolder(Path folder, FileChannel lockFile, FileLock lock) {
    this.folder = folder;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Opens the folder, which is created if absent, and clears what a crash left half done.
   *
   * @throws IllegalStateException if another device uses it
   */
  public static ModelFolder open(Path folder) throws IOException {
    PrivateFolders.create(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("device.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(file);
    if (lock == null) {
      file.close();
      throw new IllegalStateException("Folder " + folder + " is in use by another device");
    }
    ModelFolder opened = new ModelFolder(folder, file, lock);
    boolean cleared = false;
    try {
      opened.clearLeftovers();
      cleared = true;
      return opened;
    } finally {
      if (!cleared) {
        opened.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The installed model, if its artifact is still there and undamaged. */
  public Optional<InstalledModel> installed() throws IOException {
    Path note = folder.resolve(INSTALLED);
    if (!Files.exists(note)) {
      return Optional.empty();
    }
    InstalledModel installed = read(note, FolderJson::readInstalled);
    Path artifact = artifact(installed);
    if (forgotten().contains(installed)) {
      return Optional.empty();
    }
    if (!Files.exists(artifact) || !digest(artifact).equals(installed.sha256())) {
      log.warn("Artifact {} is missing or damaged; its version will be fetched again", artifact);
      return Optional.empty();
    }
    return Optional.of(installed);
  }

  /**
   * When the device joined: the time of the first call on this folder, which is noted there.
   *
   * @param now where it has not joined yet
   */
  public Instant joined(Instant now) throws IOException {
    Path note = folder.resolve(JOINED);
    if (Files.exists(note)) {
      return read(note, FolderJson::readJoined);
    }
    AtomicFiles.replace(note, FolderJson.write(now));
    return now;
  }

  /** Where the artifact of a model lies, or will lie. */
  public Path artifact(InstalledModel model) {
    return folder.resolve(
        "model-" + model.version() + "-" + model.sha256().substring(0, 12) + ".onnx");
  }

  /**
   * Where a delta lies, or will lie.
   *
   * @param sha256 of the delta
   */
  public Path delta(String sha256) {
    return folder.resolve("delta-" + sha256);
  }

  /** Removes deltas, half-fetched ones too, other than these. */
  public void removeDeltas(Set<Path> wanted) throws IOException {
    for (Path file : list(DELTAS)) {
      if (!wanted.contains(file)) {
        Files.delete(file);
      }
    }
  }

  /** Where an artifact lies that is but a step on the way; removed as other artifacts are. */
  public Path step(int number) {
    return folder.resolve("model-step-" + number + ".part");
  }

  /** Makes an artifact that is already in its place the installed one, with its report. */
  public void install(InstalledModel model, UpdateReport report) throws IOException {
    try (FileChannel artifact = FileChannel.open(artifact(model), StandardOpenOption.WRITE)) {
      artifact.force(true);
    }
    keep(report);
    AtomicFiles.replace(folder.resolve(INSTALLED), FolderJson.write(model));
  }

  /** Removes artifacts other than that of the installed model. */
  public void removeOthers(InstalledModel installed) throws IOException {
    for (Path file : list(ARTIFACTS)) {
      if (!file.equals(artifact(installed))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Nothing is installed any more, and this model is {@link #forgotten} from now on. */
  public void forget(InstalledModel installed) throws IOException {
    Set<InstalledModel> all = new LinkedHashSet<>(forgotten());
    all.add(installed);
    AtomicFiles.replace(folder.resolve(FORGOTTEN), FolderJson.write(all));
    Files.deleteIfExists(folder.resolve(INSTALLED));
    Files.deleteIfExists(artifact(installed));
  }

  /** The models that this device stepped back from and must not take again. */
  public Set<InstalledModel> forgotten() throws IOException {
    Path note = folder.resolve(FORGOTTEN);
    return Files.exists(note) ? read(note, FolderJson::readForgotten) : Set.of();
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
    return list(REPORTS);
  }

  /** The report in a file. */
  public UpdateReport report(Path file) throws IOException {
    return read(file, ReportJson::readReport);
  }

  /** The report has been delivered. */
  public void delivered(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove the delivered report " + file, e);
    }
  }

  /** Lets go of the folder. Idempotent. */
  @Override
  public void close() throws IOException {
    if (lock.isValid()) {
      lock.release();
    }
    lockFile.close();
  }

  private void clearLeftovers() throws IOException {
    removeUnreadable();
    Optional<InstalledModel> installed = installed();
    long version = installed.map(InstalledModel::version).orElse(0L);
    for (Path file : undelivered()) {
      if (!isToBeDelivered(file, version)) {
        Files.delete(file);
      }
    }
    if (installed.isPresent()) {
      removeOthers(installed.get());
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

  /** Notes and reports that a device wrote in Avro, which this one does not read. */
  private void removeUnreadable() throws IOException {
    List<Path> files = list(UNREADABLE);
    if (!files.isEmpty()) {
      log.warn(
          "{} files of an older release cannot be read and are removed; the model is fetched again",
          files.size());
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  private static <T> T read(Path file, Function<byte[], T> reading) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      return reading.apply(content);
    } catch (InvalidJsonException e) {
      throw new IOException(file + " is not what a device wrote: " + e.getMessage(), e);
    }
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.hex(in);
    }
  }

  private List<Path> list(String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    }
    return files;
  }
}
