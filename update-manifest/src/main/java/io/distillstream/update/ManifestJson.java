package io.distillstream.update;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest as JSON in UTF-8. Equal manifests give equal bytes, so that a digest or a signature of
 * them holds wherever they are written. Where a file lies is left out, since that is its
 * transport's business: a reader finds it by its digest.
 *
 * <p>Fields that this release does not know are ignored, so that older devices read newer
 * manifests.
 */
public final class ManifestJson {

  /** No manifest is longer; whoever receives one need not read on. */
  public static final int MOST_BYTES = 16 << 20;

  private ManifestJson() {}

  /**
   * Writes a manifest.
   *
   * @throws IllegalArgumentException if a logit is not finite, which JSON cannot say
   */
  public static byte[] write(UpdateManifest manifest) {
    JsonStringWriter json =
        JsonWriter.string()
            .object()
            .value("model", manifest.model())
            .value("channel", manifest.channel())
            .value("version", manifest.version())
            .value("label_space", manifest.labelSpace())
            .value("format", manifest.format());
    file(json, "artifact", manifest.artifact());
    json.array("deltas");
    for (DeltaRef delta : manifest.deltas()) {
      json.object()
          .value("from_sha256", delta.fromSha256())
          .value("to_sha256", delta.toSha256())
          .value("to_size_bytes", delta.toSizeBytes())
          .value("codec", delta.codec());
      file(json, "file", delta.file());
      json.end();
    }
    json.end().array("probes");
    for (ExpectedLogits probe : manifest.probes()) {
      json.object().value("text", probe.text()).array("logits");
      probe.logits().forEach(logit -> json.value(exact(logit)));
      json.end().end();
    }
    json.end().value("records_trained", manifest.recordsTrained());
    ArrivalsJson.write(json, manifest.arrivals());
    return json.end().done().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a manifest.
   *
   * @throws InvalidJsonException if it is none, naming the field at fault
   */
  public static UpdateManifest read(byte[] json) {
    JsonFields root = Json.object(json);
    List<DeltaRef> deltas = new ArrayList<>();
    for (JsonFields delta : root.objects("deltas")) {
      deltas.add(
          new DeltaRef(
              Bounds.sha256(delta, "from_sha256"),
              Bounds.sha256(delta, "to_sha256"),
              Bounds.count(delta, "to_size_bytes"),
              Bounds.name(delta, "codec"),
              file(delta.object("file"))));
    }
    List<ExpectedLogits> probes = new ArrayList<>();
    for (JsonFields probe : root.objects("probes")) {
      probes.add(new ExpectedLogits(probe.textOrNull("text"), probe.floats("logits")));
    }
    return new UpdateManifest(
        Bounds.name(root, "model"),
        Bounds.name(root, "channel"),
        root.wholeNumber("version", 1, Bounds.HIGHEST_VERSION),
        Bounds.name(root, "label_space"),
        Bounds.name(root, "format"),
        file(root.object("artifact")),
        deltas,
        probes,
        Bounds.count(root, "records_trained"),
        ArrivalsJson.read(root));
  }

  private static void file(JsonStringWriter json, String name, ArtifactRef file) {
    json.object(name).value("size_bytes", file.sizeBytes()).value("sha256", file.sha256()).end();
  }

  private static ArtifactRef file(JsonFields file) {
    return ArtifactRef.byDigest(Bounds.count(file, "size_bytes"), Bounds.sha256(file, "sha256"));
  }

  /**
   * The shortest number that is read as the same float, also by readers that know doubles alone and
   * round those.
   */
  private static Number exact(float logit) {
    if (Float.isNaN(logit) || Float.isInfinite(logit)) {
      throw new IllegalArgumentException("A probe's logits are finite, one was " + logit);
    }
    boolean survives = (float) Double.parseDouble(Float.toString(logit)) == logit;
    return survives ? (Number) logit : (Number) (double) logit;
  }
}
