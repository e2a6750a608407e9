package io.distillstream.device;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.foundation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a device keeps on disk: the installed artifact, its manifest, and reports not yet delivered.
 *
 * <p>The manifest is the commit: it is written beside its place, forced to disk and moved there in
 * one step, after the artifact and the report of the installation. Whatever moment the process dies
 * at, a restart finds either the old model or the new one, and reports each installation. Manifests
 * and reports are Avro container files, which carry their schema, so that a later release reads
 * them.
 *
 * <p>Owns a lock on the folder. Installation is single-threaded; {@link #delivered} may come from
 * any thread.
 */
final class ModelFolder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ModelFolder.class);
  private static final String MANIFEST = "installed.avro";
  private static final String REPORTS = "report-*.avro";
  private static final String ARTIFACTS = "model-*";

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
  static ModelFolder open(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(
            folder.resolve("device.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = tryLock(file);
    if (lock == null) {
      file.close();
      throw new IllegalStateException("Folder " + folder + " is in use by another device");
    }
    ModelFolder opened = new ModelFolder(folder, file, lock);
    opened.clearLeftovers();
    return opened;
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The manifest of the installed model, if its artifact is still there and undamaged. */
  Optional<ModelUpdate> installed() throws IOException {
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.exists(manifest)) {
      return Optional.empty();
    }
    ModelUpdate update = read(manifest, ModelUpdate.class);
    Path artifact = artifact(update);
    if (!Files.exists(artifact) || !digest(artifact).equals(update.getArtifact().getSha256())) {
      log.warn("Artifact {} is missing or damaged; its version will be fetched again", artifact);
      return Optional.empty();
    }
    return Optional.of(update);
  }

  /** Where the artifact of an update lies, or will lie. */
  Path artifact(ModelUpdate update) {
    return folder.resolve(
        "model-%d-%.12s.onnx".formatted(update.getVersion(), update.getArtifact().getSha256()));
  }

  /** Makes an artifact that is already in its place the installed one, with its report. */
  void install(ModelUpdate update, DeviceReport report) throws IOException {
    try (FileChannel artifact = FileChannel.open(artifact(update), StandardOpenOption.WRITE)) {
      artifact.force(true);
    }
    keep(report);
    write(update, folder.resolve(MANIFEST));
  }

  /** Removes artifacts other than that of the installed model. */
  void removeOthers(ModelUpdate installed) throws IOException {
    for (Path file : list(ARTIFACTS)) {
      if (!file.equals(artifact(installed))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Keeps a report until it is {@link #delivered}. */
  void keep(DeviceReport report) throws IOException {
    String name =
        "report-%d-%s-%d.avro"
            .formatted(report.getVersion(), report.getEvent(), report.getAt().toEpochMilli());
    write(report, folder.resolve(name));
  }

  /** Reports not yet delivered, as files. */
  List<Path> undelivered() throws IOException {
    return list(REPORTS);
  }

  DeviceReport report(Path file) throws IOException {
    return read(file, DeviceReport.class);
  }

  /** The report has reached the topic. */
  void delivered(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove the delivered report " + file, e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    lockFile.close();
  }

  private void clearLeftovers() throws IOException {
    Optional<ModelUpdate> installed = installed();
    long version = installed.map(ModelUpdate::getVersion).orElse(0L);
    for (Path file : undelivered()) {
      DeviceReport report = report(file);
      // Written ahead of a manifest that never came: that installation did not happen.
      if (report.getEvent() == DeviceEvent.INSTALLED && report.getVersion() > version) {
        Files.delete(file);
      }
    }
    if (installed.isPresent()) {
      removeOthers(installed.get());
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

  private static <T extends SpecificRecordBase> T read(Path file, Class<T> type)
      throws IOException {
    try (DataFileReader<T> reader =
        new DataFileReader<>(file.toFile(), new SpecificDatumReader<>(type))) {
      return reader.next();
    }
  }

  private static <T extends SpecificRecordBase> void write(T value, Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    try (DataFileWriter<T> writer = new DataFileWriter<>(new SpecificDatumWriter<T>())) {
      writer.create(value.getSchema(), partial.toFile());
      writer.append(value);
      writer.fSync();
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
