package io.distillstream.device.folder;

import io.distillstream.foundation.AtomicFiles;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.PrivateFolders;
import io.distillstream.foundation.Sha256;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a device keeps on disk: the installed artifact and the one before it, the note of which they
 * are, the note of those it stepped back from, the note of how models have behaved, the note of
 * when it joined, and reports not yet delivered.
 *
 * <p>The note of what is installed is the commit: it is written beside its place, forced to disk
 * and moved there in one step, after the artifact and the report of the installation have been
 * forced to disk; what it no longer names is deleted after that. Whatever moment the process dies
 * or the power fails at, a restart finds either the old model or the new one, and reports each
 * installation.
 *
 * <p>Owns a lock on the folder. Installation is single-threaded; {@link #keep} and reports that are
 * {@linkplain ReportFiles#delivered delivered} may come from any thread.
 */
public final class ModelFolder implements AutoCloseable {

  private static final PlatformLog log = PlatformLog.of(ModelFolder.class);
  private static final String INSTALLED = "installed.json";
  private static final String FORGOTTEN = "forgotten.json";
  private static final String JOINED = "joined.json";
  private static final String PROBATION = "probation.json";
  private static final String ARTIFACTS = "model-*";
  private static final String DELTAS = "delta-*";
  private static final String PARTIAL = "*.part";
  private static final String UNREADABLE = "{installed,report-*}.avro";

  private final Path folder;
  private final FolderLock lock;
  private final ReportFiles reports;

  private ModelFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
    this.reports = new ReportFiles(folder);
  }

  /**
   * Opens the folder, which is created if absent, and clears what a crash left half done.
   *
   * @throws IllegalStateException if another device uses it
   */
  public static ModelFolder open(Path folder) throws IOException {
    PrivateFolders.create(folder);
    ModelFolder opened = new ModelFolder(folder, FolderLock.take(folder));
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

  /**
   * The installed model and the one to go back to, as far as their artifacts are still there and
   * undamaged; newest first.
   */
  public List<InstalledModel> kept() throws IOException {
    List<InstalledModel> kept = new ArrayList<>();
    Set<InstalledModel> forgotten = forgotten();
    for (InstalledModel model : noted()) {
      if (forgotten.contains(model)) {
        continue;
      }
      Path artifact = artifact(model);
      if (Files.exists(artifact) && digest(artifact).equals(model.sha256())) {
        kept.add(model);
      } else {
        log.warn("Artifact {} is missing or damaged; its version will be fetched again", artifact);
      }
    }
    return kept;
  }

  private List<InstalledModel> noted() throws IOException {
    Path note = folder.resolve(INSTALLED);
    return Files.exists(note) ? read(note, FolderJson::readInstalled).models() : List.of();
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
    for (Path file : list(folder, DELTAS)) {
      if (!wanted.contains(file)) {
        Files.delete(file);
      }
    }
  }

  /** Where an artifact lies that is but a step on the way; removed as other artifacts are. */
  public Path step(int number) {
    return folder.resolve("model-step-" + number + ".part");
  }

  /**
   * Makes an artifact that is already in its place the installed one, with its report. The one to
   * go back to is then the newest that has lasted; where none has, the newest.
   */
  public void install(InstalledModel model, UpdateReport report, Predicate<InstalledModel> lasted)
      throws IOException {
    List<InstalledModel> others = new ArrayList<>(kept());
    others.removeIf(other -> other.sha256().equals(model.sha256()));
    @Nullable InstalledModel newest = others.isEmpty() ? null : others.get(0);
    InstalledModel previous = others.stream().filter(lasted).findFirst().orElse(newest);
    try (FileChannel artifact = FileChannel.open(artifact(model), StandardOpenOption.WRITE)) {
      artifact.force(true);
    }
    // Forces the folder, and with it the artifact's name.
    reports.keep(report);
    note(new Installed(model, previous));
  }

  /** Removes artifacts that are not kept. */
  public void removeOthers() throws IOException {
    removeArtifactsBut(noted());
  }

  private void note(Installed installed) throws IOException {
    AtomicFiles.replace(folder.resolve(INSTALLED), FolderJson.write(installed));
  }

  private void removeArtifactsBut(List<InstalledModel> kept) throws IOException {
    Set<Path> wanted = kept.stream().map(this::artifact).collect(Collectors.toSet());
    for (Path file : list(folder, ARTIFACTS)) {
      if (!wanted.contains(file)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** A model that is kept is so no longer; the other one, if there is one, is the installed one. */
  public void withdraw(InstalledModel model) throws IOException {
    List<InstalledModel> left = new ArrayList<>(noted());
    left.remove(model);
    if (left.isEmpty()) {
      Files.deleteIfExists(folder.resolve(INSTALLED));
      AtomicFiles.forceFolder(folder);
    } else {
      note(new Installed(left.get(0), null));
    }
    Files.deleteIfExists(artifact(model));
  }

  /** Withdraws a model, which is {@link #forgotten} from now on. */
  public void forget(InstalledModel model) throws IOException {
    Set<InstalledModel> all = new LinkedHashSet<>(forgotten());
    all.add(model);
    AtomicFiles.replace(folder.resolve(FORGOTTEN), FolderJson.write(all));
    withdraw(model);
  }

  /** The models that this device stepped back from and must not take again. */
  public Set<InstalledModel> forgotten() throws IOException {
    Path note = folder.resolve(FORGOTTEN);
    return Files.exists(note) ? read(note, FolderJson::readForgotten) : Set.of();
  }

  /** How models have behaved here, by the SHA-256 of their artifacts; oldest first. */
  public Map<String, Conduct> conducts() throws IOException {
    Path note = folder.resolve(PROBATION);
    return Files.exists(note) ? read(note, FolderJson::readConducts) : Map.of();
  }

  /** Replaces all of {@link #conducts}. */
  public void keep(Map<String, Conduct> conducts) throws IOException {
    AtomicFiles.replace(folder.resolve(PROBATION), FolderJson.write(conducts));
  }

  /** Reports that are not yet delivered. */
  public ReportFiles reports() {
    return reports;
  }

  /** Lets go of the folder. Idempotent. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private void clearLeftovers() throws IOException {
    removeUnreadable();
    for (Path file : list(folder, PARTIAL)) {
      Files.delete(file);
    }
    List<InstalledModel> kept = kept();
    reports.clear(kept.isEmpty() ? 0 : kept.get(0).version());
    removeArtifactsBut(kept);
  }

  /** Notes and reports that a device wrote in Avro, which this one does not read. */
  private void removeUnreadable() throws IOException {
    List<Path> files = list(folder, UNREADABLE);
    if (!files.isEmpty()) {
      log.warn(
          "{} files of an older release cannot be read and are removed; the model is fetched again",
          files.size());
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  static <T> T read(Path file, Function<byte[], T> reading) throws IOException {
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

  static List<Path> list(Path folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    }
    return files;
  }
}
