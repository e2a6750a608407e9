package io.distillstream.gateway.channel;

import io.distillstream.update.DeltaRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An update as it is given out. Immutable. */
public final class Publication {

  private final UpdateManifest manifest;
  private final Document document;
  private final @Nullable Document signed;
  private final @Nullable Document targetsMetadata;

  /** An update that nobody signed. */
  public Publication(UpdateManifest manifest) {
    this(manifest, null, null);
  }

  /**
   * @param signed the manifest's bytes for which the channel's key vouches; null without any
   * @param targetsMetadata TUF metadata of the channel's role, which vouches; null without any
   */
  public Publication(
      UpdateManifest manifest, byte @Nullable [] signed, byte @Nullable [] targetsMetadata) {
    this.manifest = manifest;
    this.document = new Document(ManifestJson.write(manifest));
    if (signed == null) {
      this.signed = null;
    } else {
      // Another release may write a manifest in other words, and its signature holds for those.
      this.signed = Arrays.equals(signed, document.json()) ? document : new Document(signed);
    }
    this.targetsMetadata = targetsMetadata == null ? null : new Document(targetsMetadata);
  }

  public UpdateManifest manifest() {
    return manifest;
  }

  /** The manifest as JSON. */
  public Document document() {
    return document;
  }

  /** The manifest that is a target of the pipeline's TUF repository; empty where none is. */
  public Optional<Document> signed() {
    return Optional.ofNullable(signed);
  }

  /** The channel's metadata that names {@link #signed} and the artifact as its targets. */
  public Optional<Document> targetsMetadata() {
    return Optional.ofNullable(targetsMetadata);
  }

  /** SHA-256 of {@link #document}. */
  public String digest() {
    return document.digest();
  }

  /** What there is to know of it without its manifest, as fields of a JSON object. */
  public Map<String, Object> summary() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", manifest.model());
    fields.put("channel", manifest.channel());
    fields.put("version", manifest.version());
    fields.put("sha256", manifest.artifact().sha256());
    fields.put("size_bytes", manifest.artifact().sizeBytes());
    fields.put("manifest_sha256", digest());
    return fields;
  }

  /** SHA-256 of every file that the manifest names. */
  public List<String> files() {
    List<String> files = new ArrayList<>(List.of(manifest.artifact().sha256()));
    for (DeltaRef delta : manifest.deltas()) {
      files.add(delta.file().sha256());
    }
    return files;
  }
}
