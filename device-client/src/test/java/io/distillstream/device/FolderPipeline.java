package io.distillstream.device;

import io.distillstream.device.transport.ReportSink;
import io.distillstream.device.transport.UpdateSource;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeviceStatus;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Both seams over a folder that processes share: its newest update, and artifacts. */
record FolderPipeline(Path folder) implements UpdateSource, ReportSink {

  void publish(UpdateManifest update, byte[] artifact) throws IOException {
    Files.write(artifact(update.artifact()), artifact);
    Files.write(manifest(), ManifestJson.write(update));
  }

  private Path artifact(ArtifactRef artifact) {
    return folder.resolve(artifact.sha256());
  }

  private Path manifest() {
    return folder.resolve("manifest.json");
  }

  @Override
  public List<UpdateManifest> poll(Duration patience) throws IOException {
    return Files.exists(manifest())
        ? List.of(ManifestJson.read(Files.readAllBytes(manifest())))
        : List.of();
  }

  @Override
  public void fetch(ArtifactRef artifact, Path target) throws IOException {
    Files.copy(artifact(artifact), target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** No report ever arrives. */
  @Override
  public CompletionStage<Void> send(UpdateReport report) {
    return new CompletableFuture<>();
  }

  @Override
  public void send(DeviceStatus status) {}

  @Override
  public void close() {}
}
