package io.distillstream.local.quantize;

import io.distillstream.model.quantization.SquaredGradients;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.ActivationSource;
import io.distillstream.quantization.ModelQuantizer.Evidence;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.SampleOptions;
import io.distillstream.quantization.data.Samples;
import io.distillstream.quantization.data.source.SamplesFrom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which samples a model is calibrated and judged on. */
public final class SampleChoice {
  /** What stands for the pipeline's own traffic instead of a file. */
  public static final String KAFKA = "kafka";

  private static final long MADE_UP = 64;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = {
        "Samples to watch activations on: .jsonl, .csv, .npz or .npy, or 'kafka' for the requests",
        "of the pipeline in the settings. Without any, made-up samples tell little of quality."
      })
  private @Nullable String calibration;

  @Option(
      names = "--calibration-samples",
      paramLabel = "N",
      description = "Of these, at most (default: ${DEFAULT-VALUE}).")
  private long calibrationSamples = 256;

  @Option(
      names = "--evaluation",
      paramLabel = "FILE",
      description =
          "Samples to judge on, with labels or without (default: what follows in --calibration).")
  private @Nullable Path evaluation;

  @Option(
      names = "--evaluation-samples",
      paramLabel = "N",
      description = "Of these, at most (default: ${DEFAULT-VALUE}).")
  private int evaluationSamples = 256;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "tokenizer.json for texts, where the model does not hold one.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Longest text in tokens (default: the model's, else 128).")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--dimension",
      paramLabel = "AXIS=LENGTH",
      description = "Length of an open axis of made-up samples, by its symbol; repeatable.")
  private Map<String, Long> dimensions = new LinkedHashMap<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of made-up samples (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  /** Reads the pipeline's newest texts. */
  public interface Traffic {
    List<String> newest(int most) throws IOException;
  }

  /**
   * What was chosen.
   *
   * @param calibration empty without real data
   * @param evaluation to judge on
   * @param few of the calibration's samples, or of the evaluation's
   * @param origin of all of them, in words
   */
  public record Chosen(
      Optional<Samples> calibration,
      List<LabelledSample> evaluation,
      List<LabelledSample> few,
      String origin) {
    public Chosen {
      evaluation = List.copyOf(evaluation);
      few = List.copyOf(few);
    }
  }

  /** Whether there are samples to calibrate on. */
  public boolean calibrates() {
    return calibration != null;
  }

  /**
   * What the options say about files.
   *
   * @throws IllegalArgumentException if one of them is out of range
   */
  public SampleOptions options() {
    if (calibrationSamples < 1 || evaluationSamples < 1) {
      throw new IllegalArgumentException(
          "Expected at least 1 sample to calibrate and to judge on, got %d and %d"
              .formatted(calibrationSamples, evaluationSamples));
    }
    return new SampleOptions(
        Optional.ofNullable(tokenizer),
        maxTokens == null ? OptionalInt.empty() : OptionalInt.of(maxTokens),
        dimensions,
        seed);
  }

  /** Opens them for a model. */
  public Chosen open(OnnxModel model, SampleOptions options, Traffic traffic) throws IOException {
    Optional<Samples> watched = calibration(model, options, traffic);
    if (evaluation != null) {
      Samples judged = SamplesFrom.file(evaluation, model, options);
      return chosen(
          watched,
          some(judged, evaluationSamples),
          watched.map(from -> from.description() + "; judged on ").orElse("judged on ")
              + judged.description());
    }
    if (watched.isEmpty()) {
      Samples madeUp = SamplesFrom.random(model, options, MADE_UP);
      return chosen(
          Optional.empty(),
          read(madeUp, 0, MADE_UP),
          madeUp.description() + ": sizes and latencies are real, quality is not");
    }
    return fromRest(watched.get());
  }

  /** What was chosen, as a quantizer takes it. */
  public Evidence evidence(Chosen chosen, OnnxModel model, CalibrationSettings calibrated) {
    return new Evidence(
        chosen
            .calibration()
            .map(from -> ActivationSource.of(from, calibrationSamples, calibrated))
            .orElse(ActivationSource.NONE),
        chosen.few().stream().map(LabelledSample::sample).toList(),
        chosen.evaluation(),
        SquaredGradients.from(model.metadata()));
  }

  /** Judges on what calibration did not look at, if there is enough of it. */
  private Chosen fromRest(Samples samples) throws IOException {
    List<LabelledSample> rest = read(samples, calibrationSamples, evaluationSamples);
    if (!rest.isEmpty() && rest.size() >= Math.min(evaluationSamples, calibrationSamples) / 2) {
      return chosen(Optional.of(samples), rest, samples.description());
    }
    return chosen(
        Optional.of(samples),
        some(samples, evaluationSamples),
        samples.description() + ", judged on samples that were calibrated on, too");
  }

  private static Chosen chosen(
      Optional<Samples> calibration, List<LabelledSample> evaluation, String origin)
      throws IOException {
    List<LabelledSample> few = calibration.isPresent() ? some(calibration.get(), 32) : evaluation;
    return new Chosen(calibration, evaluation, few.subList(0, Math.min(32, few.size())), origin);
  }

  private Optional<Samples> calibration(OnnxModel model, SampleOptions options, Traffic traffic)
      throws IOException {
    if (calibration == null) {
      return Optional.empty();
    }
    if (calibration.equals(KAFKA)) {
      int most = Math.toIntExact(calibrationSamples + evaluationSamples);
      return Optional.of(
          SamplesFrom.texts(
              traffic.newest(most), model, options, "the newest requests of the pipeline"));
    }
    return Optional.of(SamplesFrom.file(Path.of(calibration), model, options));
  }

  /** The first, of which there must be at least one. */
  private static List<LabelledSample> some(Samples samples, long most) throws IOException {
    List<LabelledSample> first = read(samples, 0, most);
    if (first.isEmpty()) {
      throw new InvalidSamplesException(
          "%s: holds no samples, expected at least one".formatted(samples.description()));
    }
    return first;
  }

  private static List<LabelledSample> read(Samples samples, long skip, long most)
      throws IOException {
    try (Stream<LabelledSample> stream = samples.stream()) {
      return stream.skip(skip).limit(most).toList();
    }
  }
}
