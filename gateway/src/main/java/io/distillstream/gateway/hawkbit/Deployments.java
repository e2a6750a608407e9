package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.channel.Document;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.hawkbit.swupdate.SwuFormat;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.gateway.store.Download;
import io.distillstream.gateway.store.StoredFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The files that an update consists of: the artifact, its manifest and, where the update is signed,
 * the TUF metadata of its channel; or an image that holds them. They follow from the update alone,
 * so that every gateway has the same. Thread-safe.
 */
final class Deployments {

  /** Of images in memory, without their artifacts; made again when they are asked for again. */
  private static final int MOST_IMAGES = 16;

  private static final int MOST_DIGESTS = 1_024;

  private static final Pattern FORMAT = Pattern.compile("[a-z0-9]{1,16}");

  private final ArtifactStore store;
  private final Optional<SwuFormat> swupdate;
  private final Map<String, FileDigests> digests = new ConcurrentHashMap<>();
  private final Map<String, Download> images =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Download> eldest) {
          return size() > MOST_IMAGES;
        }
      };

  /** Borrows the store. */
  Deployments(ArtifactStore store, Optional<SwuFormat> swupdate) {
    this.store = store;
    this.swupdate = swupdate;
  }

  /** The files by their names; empty where the artifact is here no longer. Does not block. */
  Map<String, Download> of(Publication publication) {
    StoredFile artifact = store.find(publication.manifest().artifact().sha256()).orElse(null);
    if (artifact == null) {
      return Map.of();
    }
    long version = publication.manifest().version();
    if (swupdate.isPresent()) {
      return Map.of(version + ".swu", image(publication, artifact, swupdate.get()));
    }
    Map<String, Download> files = new LinkedHashMap<>();
    files.put(version + extension(publication), Download.of(artifact));
    files.put(version + ".manifest.json", download(manifest(publication)));
    publication
        .targetsMetadata()
        .ifPresent(metadata -> files.put(version + ".targets.json", download(metadata)));
    return files;
  }

  /**
   * The same files with their digests, for which each is read once; empty where the artifact is
   * here no longer.
   *
   * @throws IOException if a file cannot be read, because it was removed just now
   */
  List<DescribedFile> described(Publication publication) throws IOException {
    List<DescribedFile> described = new ArrayList<>();
    for (Map.Entry<String, Download> file : of(publication).entrySet()) {
      Download content = file.getValue();
      FileDigests known = digests.get(content.tag());
      if (known == null) {
        known = FileDigests.of(content);
        digests.put(content.tag(), known);
      }
      described.add(new DescribedFile(file.getKey(), content.sizeBytes(), known));
    }
    if (digests.size() > MOST_DIGESTS) {
      digests.clear();
    }
    return described;
  }

  private Download image(Publication publication, StoredFile artifact, SwuFormat format) {
    String identity =
        publication.digest()
            + manifest(publication).digest()
            + publication.targetsMetadata().map(Document::digest).orElse("");
    synchronized (images) {
      return images.computeIfAbsent(identity, absent -> newImage(publication, artifact, format));
    }
  }

  private static Download newImage(Publication publication, StoredFile artifact, SwuFormat format) {
    long version = publication.manifest().version();
    List<SwuFormat.Companion> companions = new ArrayList<>();
    publication
        .targetsMetadata()
        .ifPresent(metadata -> companions.add(companion(version, "targets.json", metadata)));
    // Last: once it is in its place, everything is.
    companions.add(companion(version, "manifest.json", manifest(publication)));
    String extension = extension(publication);
    return format.image(version, version + extension, "model" + extension, artifact, companions);
  }

  private static SwuFormat.Companion companion(long version, String name, Document document) {
    return new SwuFormat.Companion(version + "." + name, name, document.json(), document.digest());
  }

  private static Download download(Document document) {
    return Download.of(document.json(), document.digest());
  }

  /** The bytes that were signed, where they were. */
  private static Document manifest(Publication publication) {
    return publication.signed().orElseGet(publication::document);
  }

  /** Whoever writes the topic chooses the format's name. */
  private static String extension(Publication publication) {
    String format = publication.manifest().format();
    return FORMAT.matcher(format).matches() ? "." + format : ".bin";
  }
}
