package io.distillstream.wire.update;

import io.distillstream.avro.ArtifactDelta;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.update.ArrivalCounts;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.ExpectedLogits;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.payload.EventTimeHistogram;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the manifests on the topic into those that travel further. */
public final class ManifestMapper {

  /** Partition, offset of the first chunk, number of chunks, blob id. */
  private static final Pattern LOCATION =
      Pattern.compile("(\\d+):(\\d+):(\\d+):(.*)", Pattern.DOTALL);

  private ManifestMapper() {}

  /** The key of an update on its topic. */
  public static String key(ModelUpdate update) {
    return UpdateManifest.updateKey(update.getModel(), update.getChannel());
  }

  /**
   * The manifest as a device knows it; the locations of its files are places on the topic of blobs.
   *
   * @throws IllegalArgumentException if it contradicts itself
   */
  public static UpdateManifest manifest(ModelUpdate update) {
    List<ExpectedLogits> probes =
        update.getProbe().stream()
            .map(probe -> new ExpectedLogits(probe.getInput().getText(), probe.getLogits()))
            .toList();
    return new UpdateManifest(
        update.getModel(),
        update.getChannel(),
        update.getVersion(),
        update.getLabelSpace(),
        update.getFormat(),
        artifact(update.getArtifact()),
        update.getDeltas().stream().map(ManifestMapper::delta).toList(),
        probes,
        update.getRecordsTrained(),
        arrivals(update.getEventTimes()));
  }

  /** The blob in which a file of a {@link #manifest} lies. */
  public static BlobRef blob(ArtifactRef artifact) {
    Matcher location = LOCATION.matcher(artifact.location());
    if (!location.matches()) {
      throw new IllegalArgumentException(
          "Expected PARTITION:OFFSET:CHUNKS:BLOB, got " + artifact.location());
    }
    return BlobRef.newBuilder()
        .setBlobId(location.group(4))
        .setSizeBytes(artifact.sizeBytes())
        .setSha256(artifact.sha256())
        .setChunkCount(Integer.parseInt(location.group(3)))
        .setPartition(Integer.parseInt(location.group(1)))
        .setFirstOffset(Long.parseLong(location.group(2)))
        .build();
  }

  private static DeltaRef delta(ArtifactDelta delta) {
    return new DeltaRef(
        delta.getFromSha256(),
        delta.getToSha256(),
        delta.getResultBytes(),
        delta.getCodec(),
        artifact(delta.getBlob()));
  }

  private static ArtifactRef artifact(BlobRef blob) {
    if (blob.getPartition() < 0 || blob.getFirstOffset() < 0 || blob.getChunkCount() < 1) {
      throw new IllegalArgumentException(
          "Expected a blob of at least one chunk at an offset of a partition, got " + blob);
    }
    return new ArtifactRef(
        "%d:%d:%d:%s"
            .formatted(
                blob.getPartition(), blob.getFirstOffset(), blob.getChunkCount(), blob.getBlobId()),
        blob.getSizeBytes(),
        blob.getSha256());
  }

  /** In buckets of 100 ms, whatever the buckets of the topic's record. */
  private static ArrivalCounts arrivals(EventTimes times) {
    EventTimes merged = EventTimeHistogram.from(times).toAvro();
    TreeMap<Long, Long> counts = new TreeMap<>();
    for (int i = 0; i < merged.getCounts().size(); i++) {
      counts.put(merged.getStartsMillis().get(i), merged.getCounts().get(i));
    }
    return new ArrivalCounts(counts);
  }
}
