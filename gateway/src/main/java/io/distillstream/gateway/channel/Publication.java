package io.distillstream.gateway.channel;

import io.distillstream.foundation.Sha256;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** An update in the forms in which it is given out, made once. Immutable. */
public final class Publication {

  private final UpdateManifest manifest;
  private final byte[] json;
  private final byte[] gzip;
  private final String digest;

  public Publication(UpdateManifest manifest) {
    this.manifest = manifest;
    this.json = ManifestJson.write(manifest);
    this.gzip = gzip(json);
    this.digest = Sha256.hex(json);
  }

  public UpdateManifest manifest() {
    return manifest;
  }

  /** The manifest as JSON; not to be changed. */
  public byte[] json() {
    return json;
  }

  /** The same, compressed; not to be changed. */
  public byte[] gzip() {
    return gzip;
  }

  /** SHA-256 of {@link #json}. */
  public String digest() {
    return digest;
  }

  /** What there is to know of it without its manifest, as fields of a JSON object. */
  public Map<String, Object> summary() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", manifest.model());
    fields.put("channel", manifest.channel());
    fields.put("version", manifest.version());
    fields.put("sha256", manifest.artifact().sha256());
    fields.put("size_bytes", manifest.artifact().sizeBytes());
    fields.put("manifest_sha256", digest);
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

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot fail to be written", e);
    }
    return packed.toByteArray();
  }
}
