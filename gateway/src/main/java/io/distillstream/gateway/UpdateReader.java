package io.distillstream.gateway;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.gateway.channel.Channel;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.UpdateManifest;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.ManifestMapper;
import io.distillstream.wire.update.UpdateSubscription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of updates, fetches their files into the store, and offers an update once its
 * artifact is there.
 */
final class UpdateReader implements TopicThread.Topic {

  private static final Logger log = LoggerFactory.getLogger(UpdateReader.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** A blob is committed together with its manifest, so that it need not be waited for long. */
  private static final Duration BLOB_PATIENCE = Duration.ofSeconds(10);

  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final ServiceContext context;
  private final Channels channels;
  private final ArtifactStore store;
  private final int keptVersions;
  private final BlobReader blobs;

  /** What is to be offered of each channel, oldest first, none of them empty. */
  private final Map<Channel, List<Publication>> windows = new LinkedHashMap<>();

  /** Files that could not be had. */
  private final Set<ArtifactRef> lost = new HashSet<>();

  private boolean newestLost;
  private long retryAt;

  UpdateReader(ServiceContext context, Channels channels, ArtifactStore store, int keptVersions) {
    this.context = context;
    this.channels = channels;
    this.store = store;
    this.keptVersions = keptVersions;
    this.blobs =
        new BlobReader(
            context.cluster(),
            context.wire().codec(Topics.MODEL_BLOBS, context.pipeline()),
            BLOB_PATIENCE);
  }

  @Override
  public TopicThread.Reading open() {
    return new Connection();
  }

  private final class Connection implements TopicThread.Reading {

    private final List<Publication> arrived = new ArrayList<>();
    private final UpdateSubscription subscription =
        new UpdateSubscription(
            context.cluster(),
            context.wire().codec(Topics.MODEL_UPDATES, context.pipeline()),
            key -> true,
            (update, manifest, trace) -> arrive(update, manifest));

    /** The first answer holds all that the topic does, the later ones what has come since. */
    private boolean whole = true;

    private void arrive(ModelUpdate update, UpdateManifest manifest) {
      arrived.add(
          new Publication(
              manifest, bytes(update.getManifest()), bytes(update.getTargetsMetadata())));
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
      return buffer == null ? null : TrustTopic.bytes(buffer);
    }

    @Override
    public void step() throws IOException {
      var unused = subscription.poll(POLL);
      List<Publication> updates = List.copyOf(arrived);
      arrived.clear();
      take(updates, whole);
      whole = false;
    }

    @Override
    public void close() {
      subscription.close();
    }
  }

  /** The newest of every channel first: who waits for it does not wait for those before it. */
  private void take(List<Publication> updates, boolean whole) throws IOException {
    sort(updates, whole);
    boolean retry = newestLost && System.nanoTime() - retryAt >= 0;
    if (updates.isEmpty() && !whole && !retry) {
      return;
    }
    newestLost = false;
    for (List<Publication> window : windows.values()) {
      newestLost |= !fetch(window.get(window.size() - 1), true);
    }
    windows.forEach(this::offer);
    channels.complete();
    for (List<Publication> window : windows.values()) {
      for (int i = window.size() - 2; i >= 0; i--) {
        fetch(window.get(i), false);
      }
    }
    windows.forEach(this::offer);
    retryAt = System.nanoTime() + RETRY_NANOS;
    store.keepOnly(
        windows.values().stream()
            .flatMap(List::stream)
            .flatMap(one -> one.files().stream())
            .toList());
  }

  /**
   * Adds updates to the windows of their channels.
   *
   * @param whole whether these are all that the topic holds
   */
  private void sort(List<Publication> updates, boolean whole) {
    Map<Channel, Map<String, Publication>> sorted = new LinkedHashMap<>();
    if (!whole) {
      windows.forEach((channel, window) -> sorted.put(channel, byDigest(window)));
    }
    for (Publication publication : updates) {
      UpdateManifest update = publication.manifest();
      Channel channel = channels.of(update.model(), update.channel());
      Map<String, Publication> window =
          sorted.computeIfAbsent(channel, key -> new LinkedHashMap<>());
      // Published again, it is the newest again.
      window.remove(publication.digest());
      window.put(publication.digest(), publication);
    }
    windows.clear();
    sorted.forEach(
        (channel, window) -> windows.put(channel, last(new ArrayList<>(window.values()))));
  }

  private static Map<String, Publication> byDigest(List<Publication> publications) {
    Map<String, Publication> byDigest = new LinkedHashMap<>();
    publications.forEach(one -> byDigest.put(one.digest(), one));
    return byDigest;
  }

  private <T> List<T> last(List<T> all) {
    return all.subList(Math.max(0, all.size() - keptVersions), all.size());
  }

  private void offer(Channel channel, List<Publication> window) {
    channel.offer(window.stream().filter(this::isStored).toList());
  }

  private boolean isStored(Publication publication) {
    return store.find(publication.manifest().artifact().sha256()).isPresent();
  }

  /**
   * Fetches what is not here of the files of an update. Without its artifact it is not offered;
   * without a delta devices take the artifact.
   *
   * @param again whether to try files that could not be had before
   * @return whether the artifact is here
   */
  private boolean fetch(Publication publication, boolean again) throws IOException {
    UpdateManifest manifest = publication.manifest();
    boolean stored = fetch(manifest, manifest.artifact(), again);
    for (DeltaRef delta : manifest.deltas()) {
      fetch(manifest, delta.file(), false);
    }
    return stored;
  }

  private boolean fetch(UpdateManifest manifest, ArtifactRef file, boolean again)
      throws IOException {
    if (lost.contains(file) && !again) {
      return false;
    }
    try {
      store.require(file, (wanted, target) -> blobs.fetch(ManifestMapper.blob(wanted), target));
      lost.remove(file);
      return true;
    } catch (DamagedBlobException e) {
      if (lost.add(file)) {
        log.warn(
            "A file of {} version {} cannot be had: {}",
            manifest.updateKey(),
            manifest.version(),
            e.getMessage());
      }
      return false;
    }
  }
}
