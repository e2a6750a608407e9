package io.distillstream.quantizer;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Input;
import io.distillstream.avro.Probe;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.BlobReader;
import io.distillstream.wire.DamagedBlobException;
import io.distillstream.wire.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Turns the manifest of a checkpoint into a judged candidate. */
final class CheckpointWorkshop {
  /** Manifest and chunks become visible together; what is not there soon never comes. */
  private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

  private final QuantizerSettings settings;
  private final BlobReader blobs;
  private final RecentTexts texts;
  private final Quantizer quantizer;
  private final Path file;

  CheckpointWorkshop(QuantizerSettings settings, ServiceContext context) {
    this.settings = settings;
    this.blobs =
        new BlobReader(
            context.cluster(),
            context.wire().codec(Topics.CHECKPOINT_BLOBS, context.pipeline()),
            CHUNK_PATIENCE);
    this.texts = new RecentTexts(context);
    this.quantizer = new Quantizer(settings.budgets());
    this.file = context.folder("quantizer").resolve("checkpoint-" + settings.model() + ".onnx");
  }

  /**
   * Fetches, quantizes and judges.
   *
   * @throws UnusableCheckpointException if the fault is the checkpoint's
   * @throws UncheckedIOException if the fault is this machine's
   */
  Candidate make(Checkpoint checkpoint) throws UnusableCheckpointException {
    BlobRef blob = checkpoint.getOnnx();
    try {
      blobs.fetch(blob, file);
      OnnxModel model = OnnxModel.read(file);
      ModelMetadata metadata = metadata(model, checkpoint);
      List<String> recent =
          texts.newest(settings.evaluationSamples(), metadata.labels().fingerprint());
      List<int[]> inputs =
          recent.stream()
              .map(text -> metadata.tokenizer().encode(text, metadata.maxTokens()))
              .toList();
      QuantizationOutcome outcome = quantizer.quantize(model, blob.getSha256(), inputs);
      List<Probe> probes =
          outcome.verdict().passed() ? probes(outcome.artifact(), recent, inputs) : List.of();
      return new Candidate(checkpoint, outcome, probes);
    } catch (DamagedBlobException | InvalidModelException | ModelFormatException e) {
      throw new UnusableCheckpointException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep a checkpoint in " + file, e);
    }
  }

  private static ModelMetadata metadata(OnnxModel model, Checkpoint checkpoint)
      throws UnusableCheckpointException {
    ModelMetadata metadata = ModelMetadata.fromMap(model.metadata());
    String actual = metadata.labels().fingerprint();
    if (!actual.equals(checkpoint.getLabelSpace())) {
      throw new UnusableCheckpointException(
          "Its file is of label space %s, its manifest says %s"
              .formatted(actual, checkpoint.getLabelSpace()));
    }
    return metadata;
  }

  /** Loads the artifact anew, from the bytes that devices will get. */
  private List<Probe> probes(OnnxModel artifact, List<String> recent, List<int[]> inputs) {
    List<Probe> probes = new ArrayList<>();
    try (TextModel model = OnnxRuntimeModel.load(artifact.bytes())) {
      for (int i = 0; i < Math.min(settings.probeSamples(), inputs.size()); i++) {
        List<Float> logits = new ArrayList<>();
        for (float logit : model.run(inputs.get(i))) {
          logits.add(logit);
        }
        probes.add(new Probe(new Input(recent.get(i)), logits));
      }
    }
    return probes;
  }
}
