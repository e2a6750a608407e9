package io.distillstream.quantizer;

import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.scheme.DynamicInt8;
import io.distillstream.quantization.scheme.Layer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the smallest artifact that the gate lets pass: everything in 8 bits first, then, while
 * predictions differ too often, one more layer back in fp32, the one whose quantization alone
 * disturbs the logits most, as long as the size budget allows it.
 *
 * <p>Thread-safe.
 */
public final class Quantizer {
  private static final Logger log = LoggerFactory.getLogger(Quantizer.class);

  /** Enough to rank layers, few enough to do it for each of them. */
  private static final int RANKING_INPUTS = 32;

  private static final String PROVENANCE = ModelMetadata.PREFIX + "provenance.quantization-";

  private final GateBudgets budgets;
  private final QuantizationGate gate;
  private final TextModel.Loader loader;

  /** Judges with ONNX Runtime. */
  public Quantizer(GateBudgets budgets) {
    this(budgets, new QuantizationGate(budgets), OnnxRuntimeModel::load);
  }

  Quantizer(GateBudgets budgets, QuantizationGate gate, TextModel.Loader loader) {
    this.budgets = budgets;
    this.gate = gate;
    this.loader = loader;
  }

  /**
   * Quantizes and judges.
   *
   * @param model fp32, takes token ids
   * @param sourceSha256 of the model's file, for the artifact's provenance
   * @param inputs recent live texts as token ids
   * @return the candidate that passed, otherwise the one with the best agreement
   * @throws InvalidModelException if the model cannot be read, run or quantized
   */
  public QuantizationOutcome quantize(OnnxModel model, String sourceSha256, List<int[]> inputs) {
    DynamicInt8 int8 = new DynamicInt8(model);
    try (TextModel checkpoint = loader.load(model.bytes())) {
      Attempt attempt = new Attempt(model, sourceSha256, int8, checkpoint, inputs);
      QuantizationOutcome best = attempt.with(List.of());
      if (!disagrees(best.verdict())) {
        return best;
      }
      List<String> fp32 = new ArrayList<>();
      for (Layer next : attempt.byDisturbance()) {
        if (fp32.size() == budgets.maxFallbackLayers()) {
          break;
        }
        if (fp32.contains(next.name()) || attempt.tooLargeWithout(next, fp32)) {
          continue;
        }
        fp32.add(next.name());
        QuantizationOutcome outcome = attempt.with(fp32);
        log.info("With {} in fp32: {}", fp32, outcome.verdict());
        if (outcome.verdict().passed()) {
          return outcome;
        }
        if (outcome.verdict().agreement() > best.verdict().agreement()) {
          best = outcome;
        }
      }
      return best;
    }
  }

  /**
   * Whether more precise layers could help: too few inputs or too slow a kernel they cannot cure.
   */
  private boolean disagrees(GateVerdict verdict) {
    return verdict.samples() >= budgets.minSamples()
        && verdict.agreement() < budgets.minAgreement();
  }

  /** The candidates of one checkpoint. */
  private final class Attempt {
    private final OnnxModel model;
    private final String sourceSha256;
    private final DynamicInt8 int8;
    private final TextModel checkpoint;
    private final List<int[]> inputs;

    Attempt(
        OnnxModel model,
        String sourceSha256,
        DynamicInt8 int8,
        TextModel checkpoint,
        List<int[]> inputs) {
      this.model = model;
      this.sourceSha256 = sourceSha256;
      this.int8 = int8;
      this.checkpoint = checkpoint;
      this.inputs = inputs;
    }

    QuantizationOutcome with(List<String> fp32) {
      OnnxModel candidate = withProvenance(int8.quantize(Set.copyOf(fp32)), fp32);
      double sizeRatio = (double) candidate.sizeBytes() / model.sizeBytes();
      try (TextModel loaded = loader.load(candidate.bytes())) {
        return new QuantizationOutcome(
            candidate, gate.judge(checkpoint, loaded, inputs, sizeRatio), fp32);
      }
    }

    private OnnxModel withProvenance(OnnxModel candidate, List<String> fp32) {
      Map<String, String> metadata = new LinkedHashMap<>(candidate.metadata());
      metadata.put(PROVENANCE + "scheme", DynamicInt8.SCHEME);
      metadata.put(PROVENANCE + "fp32-layers", String.join(",", fp32));
      metadata.put(PROVENANCE + "source-sha256", sourceSha256);
      return candidate.withMetadata(metadata);
    }

    boolean tooLargeWithout(Layer layer, List<String> fp32) {
      Set<String> excluded = new HashSet<>(fp32);
      excluded.add(layer.name());
      long saved =
          int8.layers().stream()
              .filter(other -> !excluded.contains(other.name()))
              .mapToLong(Layer::savedBytes)
              .sum();
      return model.sizeBytes() - saved > budgets.maxSizeRatio() * model.sizeBytes();
    }

    /** Layers by how far each one's quantization alone moves the logits, farthest first. */
    List<Layer> byDisturbance() {
      List<int[]> few = inputs.subList(0, Math.min(RANKING_INPUTS, inputs.size()));
      List<float[]> expected = few.stream().map(checkpoint::run).toList();
      Map<String, Double> disturbance = new HashMap<>();
      for (Layer layer : int8.layers()) {
        disturbance.computeIfAbsent(layer.name(), name -> disturbance(name, few, expected));
      }
      return int8.layers().stream()
          .sorted(
              Comparator.comparingDouble(
                  layer -> -Optional.ofNullable(disturbance.get(layer.name())).orElse(0.0)))
          .toList();
    }

    private double disturbance(String layer, List<int[]> few, List<float[]> expected) {
      Set<String> others = new HashSet<>();
      int8.layers().forEach(other -> others.add(other.name()));
      others.remove(layer);
      double sum = 0;
      try (TextModel alone = loader.load(int8.quantize(others).bytes())) {
        for (int i = 0; i < few.size(); i++) {
          sum += Logits.squaredDistance(expected.get(i), alone.run(few.get(i)));
        }
      }
      return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
    }
  }
}
