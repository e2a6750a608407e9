package io.distillstream.device.kafka;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.Input;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.avro.Probe;
import io.distillstream.device.TestModels;
import io.distillstream.foundation.Sha256;
import io.distillstream.wire.update.TestUpdates;
import java.util.ArrayList;
import java.util.List;

/** Manifests as the quantizer publishes them, of {@link TestModels}. */
final class TestManifests {

  private TestManifests() {}

  /**
   * A manifest for these bytes; {@code version} records were received at second {@code version}.
   */
  static ModelUpdate manifest(long version, byte[] model, Probe... probes) {
    return TestUpdates.update("glosses", "stable", version)
        .setLabelSpace(TestModels.LABELS.fingerprint())
        .setArtifact(
            new BlobRef("glosses-" + version, (long) model.length, Sha256.hex(model), 1, 0, 0L))
        .setPrecision("fp32")
        .setFp32Bytes(model.length)
        .setProbe(new ArrayList<>(List.of(probes)))
        .setEventTimes(new EventTimes(100, List.of(version * 1000), List.of(version)))
        .build();
  }

  /** The manifest of {@link TestModels#model}. */
  static ModelUpdate sound(long version) {
    return manifest(version, TestModels.model(version), probe(version));
  }

  /** What {@link TestModels#model} answers to a text. */
  static Probe probe(long version) {
    List<Float> logits = new ArrayList<>();
    for (float logit : TestModels.logits(version, "a dog")) {
      logits.add(logit);
    }
    return new Probe(new Input("a dog"), logits);
  }

  static Probe probe(Input input, Float... logits) {
    return new Probe(input, List.of(logits));
  }
}
