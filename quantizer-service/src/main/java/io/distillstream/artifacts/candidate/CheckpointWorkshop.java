package io.distillstream.artifacts.candidate;

import io.distillstream.artifacts.candidate.LiveActivations.TimedSample;
import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.Input;
import io.distillstream.avro.Probe;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.ActivationSource;
import io.distillstream.quantization.ModelQuantizer;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.Quantization;
import io.distillstream.quantization.QuantizationSettings;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.weights.PreviousWeights;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.Topics;
import io.distillstream.wire.blob.BlobReader;
import io.distillstream.wire.blob.DamagedBlobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns the manifest of a checkpoint into a judged candidate. */
public final class CheckpointWorkshop {
  /** Manifest and chunks become visible together; what is not there soon never comes. */
  private static final Duration CHUNK_PATIENCE = Duration.ofSeconds(10);

  /** Samples on which single activations are looked at. */
  private static final int FEW = 16;

  private final SampleCounts samples;
  private final int fewestSamples;
  private final boolean wantsRanges;
  private final BlobReader blobs;
  private final RecentTexts texts;
  private final ModelQuantizer quantizer;
  private final LiveActivations activations;
  private final Path file;

  /**
   * Borrows the context.
   *
   * @param name of its files, unique within the service's folder
   * @param settings how each checkpoint is quantized
   * @param wantsRanges whether recent traffic is watched for ranges of activations
   * @param samples how much of it is looked at
   */
  public CheckpointWorkshop(
      String name,
      QuantizationSettings settings,
      boolean wantsRanges,
      SampleCounts samples,
      ServiceContext context) {
    this.wantsRanges = wantsRanges;
    this.samples = samples;
    this.fewestSamples = settings.budgets().minSamples();
    this.blobs =
        new BlobReader(
            context.cluster(),
            context.wire().codec(Topics.CHECKPOINT_BLOBS, context.pipeline()),
            CHUNK_PATIENCE);
    this.texts = new RecentTexts(context);
    this.quantizer = new ModelQuantizer(settings, Progress.NONE);
    Path folder = context.folder("quantizer");
    this.file = folder.resolve("checkpoint-" + name + ".onnx");
    this.activations =
        new LiveActivations(folder.resolve("activations-" + name), settings.calibration());
  }

  /** A recent text as the model is fed it. */
  private record Prepared(RecentTexts.Text text, LabelledSample sample) {}

  /**
   * Fetches, quantizes and judges.
   *
   * @param previous what devices hold weights in
   * @throws UnusableCheckpointException if the fault is the checkpoint's
   * @throws UncheckedIOException if the fault is this machine's
   */
  public CheckpointCandidate make(Checkpoint checkpoint, PreviousWeights previous)
      throws UnusableCheckpointException {
    BlobRef blob = checkpoint.getOnnx();
    try {
      blobs.fetch(blob, file);
      OnnxModel model = OnnxModel.read(file);
      ModelMetadata metadata = metadata(model, checkpoint);
      List<Prepared> recent = recent(model, metadata);
      Quantization quantization = quantizer.quantize(model, evidence(model, recent, previous));
      OnnxModel artifact = quantization.artifact();
      List<Probe> probes =
          quantization.choice().passed()
              ? probes(artifact, metadata, checkpoint.getVersion())
              : List.of();
      int synthetic =
          (int)
              recent.stream()
                  .limit(samples.evaluation())
                  .filter(one -> one.text().synthetic())
                  .count();
      return new CheckpointCandidate(checkpoint, artifact, quantization, probes, synthetic);
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

  /** Newest first. */
  private List<Prepared> recent(OnnxModel model, ModelMetadata metadata) {
    List<String> inputs = model.inputs().stream().map(Port::name).toList();
    int most = Math.max(samples.evaluation(), samples.calibration());
    List<Prepared> prepared = new ArrayList<>();
    String labelSpace = metadata.labels().fingerprint();
    for (RecentTexts.Text text : texts.newest(most, fewestSamples, labelSpace)) {
      int[] tokens = metadata.tokenizer().encode(text.text(), metadata.maxTokens());
      int label = text.truth().map(metadata.labels()::indexOf).orElse(-1);
      prepared.add(
          new Prepared(
              text,
              new LabelledSample(
                  Sample.ofTokens(tokens, inputs),
                  label < 0 ? OptionalInt.empty() : OptionalInt.of(label),
                  Optional.of(text.text()))));
    }
    return prepared;
  }

  private Evidence evidence(OnnxModel model, List<Prepared> recent, PreviousWeights previous) {
    List<LabelledSample> evaluation =
        recent.stream().limit(samples.evaluation()).map(Prepared::sample).toList();
    ActivationSource source =
        wantsRanges
            ? activations.adding(
                recent.stream()
                    .map(one -> new TimedSample(one.text().timestamp(), one.sample().sample()))
                    .toList(),
                samples.calibration())
            : ActivationSource.NONE;
    List<Sample> few = evaluation.stream().limit(FEW).map(LabelledSample::sample).toList();
    return new Evidence(source, few, evaluation, SquaredGradients.from(model.metadata()), previous);
  }

  /** Loads the artifact anew, from the bytes that devices will get. */
  private List<Probe> probes(OnnxModel artifact, ModelMetadata metadata, long version) {
    List<Probe> probes = new ArrayList<>();
    try (LoadedModel model = OnnxRuntimeModel.load(artifact)) {
      for (String text : ProbeTexts.of(metadata, samples.probes(), version)) {
        int[] tokens = metadata.tokenizer().encode(text, metadata.maxTokens());
        List<Float> logits = new ArrayList<>();
        for (float logit : model.answer(Sample.ofTokens(tokens, model.inputNames())).floats()) {
          logits.add(logit);
        }
        probes.add(new Probe(new Input(text), logits));
      }
    }
    return probes;
  }
}
