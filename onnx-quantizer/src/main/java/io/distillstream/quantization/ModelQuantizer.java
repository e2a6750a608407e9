package io.distillstream.quantization;

import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.WeightPreparation.Prepared;
import io.distillstream.quantization.calibrate.ActivationRanges;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.engine.LoadedModel;
import io.distillstream.quantization.engine.OnnxRuntimeModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.equalize.ActivationSmoothing;
import io.distillstream.quantization.equalize.CrossLayerEqualization;
import io.distillstream.quantization.gate.Gate;
import io.distillstream.quantization.graph.GraphQuantizer;
import io.distillstream.quantization.layer.QuantizableLayers;
import io.distillstream.quantization.optimize.GraphOptimizer;
import io.distillstream.quantization.optimize.Optimization;
import io.distillstream.quantization.optimize.OptimizerSettings;
import io.distillstream.quantization.optimize.memory.MemoryPlan;
import io.distillstream.quantization.rewrite.WatchedValues;
import io.distillstream.quantization.search.Attempt;
import io.distillstream.quantization.search.Choice;
import io.distillstream.quantization.search.CostMeter;
import io.distillstream.quantization.search.Ladder;
import io.distillstream.quantization.search.LadderSearch;
import io.distillstream.quantization.search.LayerErrors;
import io.distillstream.quantization.search.Progress;
import io.distillstream.quantization.search.Reference;
import io.distillstream.quantization.weights.PreviousWeights;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the best artifact of a model: simplifies its graph, finds its layers, prepares their
 * weights, watches activations, tries ladders of precisions, judges every candidate beside the
 * original, and chooses among those that pass.
 *
 * <p>Thread-safe.
 */
public final class ModelQuantizer {
  private static final Set<Ladder> INTEGER_PRODUCTS =
      EnumSet.of(Ladder.INT8_DYNAMIC, Ladder.INT8_STATIC);

  private final QuantizationSettings settings;
  private final LoadedModel.Loader loader;
  private final Progress progress;

  /**
   * What a model is quantized with.
   *
   * @param activations for schemes that need ranges
   * @param few samples, some dozens, on which single activations are looked at
   * @param evaluation samples that candidates are judged on
   * @param squaredGradients mean squared gradient of the training loss by weight, by the constant's
   *     name; where it is known of every layer, they are ranked by it
   * @param previous what the artifact before holds weights in, and how much of that is kept
   */
  public record Evidence(
      ActivationSource activations,
      List<Sample> few,
      List<LabelledSample> evaluation,
      Map<String, Double> squaredGradients,
      PreviousWeights previous) {
    public Evidence {
      few = List.copyOf(few);
      evaluation = List.copyOf(evaluation);
      squaredGradients = Map.copyOf(squaredGradients);
    }

    /** Of a model that is no version of another one. */
    public Evidence(
        ActivationSource activations,
        List<Sample> few,
        List<LabelledSample> evaluation,
        Map<String, Double> squaredGradients) {
      this(activations, few, evaluation, squaredGradients, PreviousWeights.NONE);
    }
  }

  /** Runs candidates in ONNX Runtime on one thread, as a device does. */
  public ModelQuantizer(QuantizationSettings settings, Progress progress) {
    this(settings, OnnxRuntimeModel::load, progress);
  }

  /** Runs candidates as {@code loader} does. */
  public ModelQuantizer(
      QuantizationSettings settings, LoadedModel.Loader loader, Progress progress) {
    this.settings = settings;
    this.loader = loader;
    this.progress = progress;
  }

  /**
   * Quantizes and judges.
   *
   * @param model fp32
   * @throws InvalidModelException if the model cannot be read, run or quantized
   */
  public Quantization quantize(OnnxModel model, Evidence evidence) {
    try (LoadedModel original = loader.load(model)) {
      progress.at("answers of the original", 0, evidence.evaluation().size());
      Reference reference = new Reference(model, original, evidence.evaluation());
      Optional<Optimization> optimization = optimized(model);
      QuantizableLayers found =
          layers(equalized(optimization.map(Optimization::model).orElse(model)));
      NothingToQuantize.check(found);
      QuantizableLayers layers = smoothed(found, evidence.few());
      Prepared prepared = prepared(layers, evidence);
      Optional<CalibrationState> calibration = calibration(layers, evidence.activations());
      GraphQuantizer graph =
          new GraphQuantizer(
              layers, ranges(calibration), prepared.options(), settings.passes().constants());
      // They are of the weights as they came, not of smoothed ones.
      Map<String, Double> squaredGradients =
          layers == found ? evidence.squaredGradients() : Map.of();
      LayerErrors errors = errors(graph, reference, squaredGradients);
      CostMeter costs = new CostMeter(model, reference, settings.timing(), loader);
      List<Attempt> attempts = attempts(model, graph, reference, errors, costs);
      if (settings.effort().allLayers()) {
        settings.ladders().forEach(errors::measureAll);
      }
      Choice choice = Choice.among(attempts, settings.objective());
      return new Quantization(
          settings,
          model,
          optimization,
          prepared.signedness(),
          graph,
          calibration,
          memory(reference, costs, layers.model(), choice),
          attempts,
          errors.known(),
          choice);
    }
  }

  private Optional<Optimization> optimized(OnnxModel model) {
    if (!settings.passes().optimize()) {
      return Optional.empty();
    }
    progress.at("simplifying the graph", 0, 0);
    return Optional.of(new GraphOptimizer(OptimizerSettings.DEFAULT).optimize(model));
  }

  private OnnxModel equalized(OnnxModel model) {
    return settings.passes().equalize() ? CrossLayerEqualization.apply(model) : model;
  }

  private QuantizableLayers layers(OnnxModel model) {
    return QuantizableLayers.of(model, settings.schemes().minSavedBytes());
  }

  /** What takes part in integer products is smoothed; other precisions would gain nothing. */
  private QuantizableLayers smoothed(QuantizableLayers layers, List<Sample> few) {
    if (!settings.passes().smooth()
        || few.isEmpty()
        || !INTEGER_PRODUCTS.containsAll(settings.ladders())) {
      return layers;
    }
    progress.at("smoothing activations", 0, few.size());
    return ActivationSmoothing.apply(layers, few);
  }

  private Prepared prepared(QuantizableLayers layers, Evidence evidence) {
    progress.at("looking at activations", 0, evidence.few().size());
    return WeightPreparation.prepare(
        layers,
        evidence.few(),
        settings.schemes().with(evidence.previous()),
        settings.target(),
        settings.passes().correctBias(),
        loader);
  }

  /** Watches only what some scheme needs. */
  private Optional<CalibrationState> calibration(
      QuantizableLayers layers, ActivationSource source) {
    return settings.ladders().contains(Ladder.INT8_STATIC)
        ? source.watch(layers.model(), WatchedValues.of(layers), progress)
        : Optional.empty();
  }

  private ActivationRanges ranges(Optional<CalibrationState> calibration) {
    return calibration
        .map(state -> state.ranges(settings.calibration()))
        .orElseGet(() -> new ActivationRanges(Map.of()));
  }

  private LayerErrors errors(
      GraphQuantizer graph, Reference reference, Map<String, Double> squaredGradients) {
    return new LayerErrors(
        graph,
        reference,
        loader,
        squaredGradients,
        settings.effort().sensitivitySamples(),
        progress);
  }

  private List<Attempt> attempts(
      OnnxModel model,
      GraphQuantizer graph,
      Reference reference,
      LayerErrors errors,
      CostMeter costs) {
    Gate gate = new Gate(settings.budgets());
    LadderSearch search =
        new LadderSearch(graph, model.sizeBytes(), reference, gate, loader, errors, progress);
    List<Attempt> attempts = new ArrayList<>();
    for (Ladder ladder : settings.ladders()) {
      attempts.add(judged(search, ladder, gate, costs));
    }
    for (Ladder ladder : settings.fallbacks()) {
      if (attempts.stream().noneMatch(attempt -> attempt.verdict().passed())) {
        attempts.add(judged(search, ladder, gate, costs));
      }
    }
    return attempts;
  }

  private Attempt judged(LadderSearch search, Ladder ladder, Gate gate, CostMeter costs) {
    Attempt attempt = search.smallest(ladder, settings.effort().maxSteps());
    progress.at("timing " + ladder.text(), 0, 0);
    return attempt.verdict().passed() ? costs.measure(attempt, gate) : attempt;
  }

  /** Of the graph at each stage; nothing without a sample. */
  private static Map<String, MemoryPlan> memory(
      Reference reference, CostMeter costs, OnnxModel simplified, Choice choice) {
    Map<String, MemoryPlan> memory = new LinkedHashMap<>();
    if (reference.samples() > 0) {
      memory.put("original", costs.ofOriginal());
      memory.put("simplified, fp32", costs.memory(simplified));
      if (!choice.best().isRefused()) {
        memory.put(choice.best().describe(), costs.memory(choice.best().artifact()));
      }
    }
    return memory;
  }
}
