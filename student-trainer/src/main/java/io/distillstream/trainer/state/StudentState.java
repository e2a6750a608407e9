package io.distillstream.trainer.state;

import io.distillstream.trainer.objective.TrainingHeads;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.prune.Criterion;
import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Everything that training continues from, on the heap or in a file.
 *
 * @param weights as the network reads them
 * @param firstMoments of AdamW, per parameter
 * @param secondMoments of AdamW, per parameter
 * @param progress counters
 * @param pruning masks, and what decides on the next ones
 * @param heads that serve training alone
 * @param average moving average of the weights as devices get them, once there is one
 */
public record StudentState(
    StudentWeights weights,
    StudentWeights firstMoments,
    StudentWeights secondMoments,
    Progress progress,
    PruningMemory pruning,
    HeadState heads,
    Optional<StudentWeights> average) {

  private static final String WEIGHTS = "weights.";
  private static final String FIRST = "adam.first.";
  private static final String SECOND = "adam.second.";
  private static final String ROWS = WEIGHTS + StudentSpec.EMBEDDING_ROWS;
  private static final String AVERAGE = "average.";
  private static final String AVERAGED = "averaged";
  private static final String IMPORTANCE = "importance.";
  private static final String CRITERION = "pruning.criterion";
  private static final String UNPRUNED_UNITS = "pruning.unpruned_units";

  /**
   * Where training stands.
   *
   * @param seed of this student. Random numbers, where a step needs any, are a function of seed and
   *     step alone, so these two <em>are</em> the random generator's state.
   * @param steps optimizer steps since the fresh start, those of rehearsal among them
   * @param records learned since the fresh start: the position in every schedule
   * @param lossAverage moving average of the loss, for the spike check; 0 before the first step and
   *     after pruning
   */
  public record Progress(long seed, long steps, long records, double lossAverage) {
    public Progress {
      if (steps < 0 || records < 0 || !Double.isFinite(lossAverage)) {
        throw new IllegalArgumentException(
            "impossible progress: steps %d, records %d, loss average %s"
                .formatted(steps, records, lossAverage));
      }
    }

    /** After pruning, when earlier losses say nothing of those to expect. */
    public Progress withoutLosses() {
      return new Progress(seed, steps, records, 0);
    }
  }

  public StudentState {
    if (!firstMoments.spec().equals(weights.spec())
        || !secondMoments.spec().equals(weights.spec())) {
      throw new IllegalArgumentException("weights and moments have different specs");
    }
    if (average.isPresent() && !average.get().spec().equals(weights.spec())) {
      throw new IllegalArgumentException("weights and their average have different specs");
    }
    pruning
        .scores()
        .forEach(
            (name, scores) -> {
              if (!scores.hasShape(weights.get(name).shape())) {
                throw new IllegalArgumentException(
                    "importance %s of parameter %s, which is %s"
                        .formatted(scores, name, weights.get(name)));
              }
            });
  }

  /** A state without heads and average. */
  public StudentState(
      StudentWeights weights,
      StudentWeights firstMoments,
      StudentWeights secondMoments,
      Progress progress,
      PruningMemory pruning) {
    this(weights, firstMoments, secondMoments, progress, pruning, HeadState.NONE, Optional.empty());
  }

  /** A state without heads, average and pruning. */
  public StudentState(
      StudentWeights weights,
      StudentWeights firstMoments,
      StudentWeights secondMoments,
      Progress progress) {
    this(weights, firstMoments, secondMoments, progress, PruningMemory.NONE);
  }

  /** A student that has learned nothing yet. */
  public static StudentState fresh(StudentWeights weights, long seed) {
    StudentSpec spec = weights.spec();
    return new StudentState(
        weights,
        StudentWeights.zeros(spec),
        StudentWeights.zeros(spec),
        new Progress(seed, 0, 0, 0));
  }

  public StudentSpec spec() {
    return weights.spec();
  }

  /** The average of the weights, or the newest where there is none; without heads. */
  public StudentWeights deployed() {
    return average.orElseGet(this::newest);
  }

  /** The student of {@link #deployed}, as a state of its own. */
  public StudentState asDeployed() {
    return new StudentState(deployed(), firstMoments, secondMoments, progress, pruning);
  }

  /** The student of the newest weights, as a state of its own that has no average. */
  public StudentState asNewest() {
    return new StudentState(newest(), firstMoments, secondMoments, progress, pruning);
  }

  /** The newest weights, without heads. */
  public StudentWeights newest() {
    return heads.deployed(weights);
  }

  /**
   * The same student with these heads: those that it has go on, others start fresh or are left out.
   * A distillation head that is left out leaves its share in the classifier.
   */
  public StudentState withHeads(TrainingHeads wanted) {
    if (heads.heads().equals(wanted)) {
      return this;
    }
    StudentWeights own = wanted.has(TrainingHeads.DISTILLATION) ? weights : newest();
    return withHeads(own, heads.adapted(wanted, own, progress.seed()));
  }

  public StudentState withHeads(StudentWeights own, HeadState others) {
    return new StudentState(own, firstMoments, secondMoments, progress, pruning, others, average);
  }

  public StudentState withAverage(Optional<StudentWeights> other) {
    return new StudentState(weights, firstMoments, secondMoments, progress, pruning, heads, other);
  }

  /**
   * Every tensor under a unique name, in a fixed order: {@code weights.*}, {@code adam.first.*},
   * {@code adam.second.*}, {@code average.*} where there is one, and {@code importance.*} where
   * pruning has to do with it.
   */
  public Map<String, FloatTensor> tensors() {
    Map<String, FloatTensor> all = new LinkedHashMap<>();
    for (Parameter parameter : spec().parameters()) {
      String name = parameter.name();
      all.put(WEIGHTS + name, weights.get(name));
      all.put(FIRST + name, firstMoments.get(name));
      all.put(SECOND + name, secondMoments.get(name));
      average.ifPresent(tensors -> all.put(AVERAGE + name, tensors.get(name)));
      FloatTensor scores = pruning.scores().get(name);
      if (scores != null) {
        all.put(IMPORTANCE + name, scores);
      }
    }
    if (spec().tableRows().shared()) {
      all.put(ROWS, spec().tableRows().toTensor());
    }
    heads.addTo(all);
    return Collections.unmodifiableMap(all);
  }

  /**
   * See {@link StudentWeights#moveTo}.
   *
   * @param sources by a tensor's name, as {@link #tensors()} has it
   */
  public void moveMomentsTo(Function<String, FloatTensor.Source> sources) {
    firstMoments.moveTo(name -> sources.apply(FIRST + name));
    secondMoments.moveTo(name -> sources.apply(SECOND + name));
  }

  /** The same for the weights and their average. */
  public void moveWeightsTo(Function<String, FloatTensor.Source> sources) {
    weights.moveTo(name -> sources.apply(WEIGHTS + name));
    average.ifPresent(tensors -> tensors.moveTo(name -> sources.apply(AVERAGE + name)));
  }

  /** What {@link #tensors()} leaves out, as text; exact. */
  public Map<String, String> header() {
    Map<String, String> header = new LinkedHashMap<>(spec().header());
    header.put("seed", Long.toString(progress.seed));
    header.put("steps", Long.toString(progress.steps));
    header.put("records", Long.toString(progress.records));
    header.put("loss_average", Double.toString(progress.lossAverage));
    if (average.isPresent()) {
      header.put(AVERAGED, "true");
    }
    header.putAll(heads.heads().header());
    if (!pruning.equals(PruningMemory.NONE)) {
      header.put(CRITERION, pruning.criterion().name());
      header.put(UNPRUNED_UNITS, Long.toString(pruning.unprunedUnits()));
    }
    return header;
  }

  /**
   * The inverse of {@link #tensors()} and {@link #header()}; other header entries are ignored.
   *
   * @throws IllegalArgumentException naming the entry or tensor that is absent or malformed
   */
  public static StudentState from(Map<String, FloatTensor> tensors, Map<String, String> header) {
    StudentSpec spec = withRows(StudentSpec.read(header), tensors);
    return new StudentState(
        group(spec, tensors, WEIGHTS),
        group(spec, tensors, FIRST),
        group(spec, tensors, SECOND),
        new Progress(
            Long.parseLong(entry(header, "seed")),
            Long.parseLong(entry(header, "steps")),
            Long.parseLong(entry(header, "records")),
            Double.parseDouble(entry(header, "loss_average"))),
        pruning(spec, tensors, header),
        HeadState.from(TrainingHeads.read(header), spec, tensors),
        Boolean.parseBoolean(header.get(AVERAGED))
            ? Optional.of(group(spec, tensors, AVERAGE))
            : Optional.empty());
  }

  /** As pruning left the word table. */
  private static StudentSpec withRows(StudentSpec whole, Map<String, FloatTensor> tensors) {
    FloatTensor rows = tensors.get(ROWS);
    return rows == null ? whole : whole.withTableRows(TableRows.of(rows));
  }

  private static PruningMemory pruning(
      StudentSpec spec, Map<String, FloatTensor> tensors, Map<String, String> header) {
    if (!header.containsKey(CRITERION)) {
      return PruningMemory.NONE;
    }
    Map<String, FloatTensor> scores = new LinkedHashMap<>();
    for (Parameter parameter : spec.parameters()) {
      FloatTensor tensor = tensors.get(IMPORTANCE + parameter.name());
      if (tensor != null) {
        scores.put(parameter.name(), tensor);
      }
    }
    return new PruningMemory(
        Criterion.valueOf(entry(header, CRITERION)),
        scores,
        Long.parseLong(entry(header, UNPRUNED_UNITS)));
  }

  private static String entry(Map<String, String> header, String key) {
    return entry(header, key, "state header lacks ");
  }

  private static <T> T entry(Map<String, T> entries, String key, String lack) {
    T value = entries.get(key);
    if (value == null) {
      throw new IllegalArgumentException(lack + key);
    }
    return value;
  }

  private static StudentWeights group(
      StudentSpec spec, Map<String, FloatTensor> tensors, String prefix) {
    return new StudentWeights(
        spec, parameter -> entry(tensors, prefix + parameter.name(), "state lacks tensor "));
  }
}
