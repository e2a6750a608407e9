package io.distillstream.artifacts.incumbent;

import io.distillstream.artifacts.incumbent.Comparison.Objection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Judges a candidate against its incumbent on the held-out requests that both answered.
 *
 * <p><b>No worse overall.</b> The difference of a request is the candidate's overlap with the
 * teacher's distribution minus the incumbent's. It varies far less than whether predictions agree.
 * A candidate is published only if {@link BettingTest} refutes that the weighted mean difference is
 * at most minus the margin, with an e-value of at least {@code k(k+1)/risk} at the k-th candidate
 * that is compared with this incumbent. As {@code Σ 1/(k(k+1)) = 1}, the probability that any of
 * them that is worse by more than the margin is published is at most the risk, however many there
 * are until counting starts over, see {@link Looks}. The agreement of the predictions must not be
 * below by more than the margin either, as a point estimate.
 *
 * <p><b>A floor for each label.</b> On labels with at least 20 requests a candidate is refused if
 * the same test shows that it lost more than the margin of a class, with an e-value of at least the
 * number of such labels over the risk. Here the burden of proof is on the incumbent's side: with so
 * few requests nothing could be shown not to be worse. A candidate that is shown to be better
 * overall by the margin of a class is not held to this: a young student that had met few labels
 * would stay on devices for their sake. Requests from before a change of meaning have no say here,
 * nor has a label of which nothing came for a half-life: what is gone must not keep the student
 * from following what came.
 *
 * <p><b>Small losses.</b> What updates lose within the margin is taken off it until later ones
 * regain it, so that devices stay within the margin of the best of them, as far as estimates go.
 *
 * <p>Immutable.
 */
public final class IncumbentGate {
  /** Fewer requests say nothing of a label. */
  private static final int FEWEST_OF_LABEL = 20;

  private final IncumbentSettings settings;

  public IncumbentGate(IncumbentSettings settings) {
    this.settings = settings;
  }

  /**
   * Judges from logits.
   *
   * @param memory that {@code candidate} and {@code incumbent} answered the {@link
   *     HeldOutMemory#sample} of; it is told of a change of meaning
   * @param candidate {@code [requests][classes]}
   * @param incumbent {@code [requests][classes]}
   * @param looks candidates compared with this incumbent, this one included
   * @param deficit of the incumbent, at most 0
   */
  public Comparison judge(
      HeldOutMemory memory, float[][] candidate, float[][] incumbent, int looks, double deficit) {
    List<HeldOut> requests = memory.sample().requests();
    return judge(
        memory, Scores.of(requests, candidate), Scores.of(requests, incumbent), looks, deficit);
  }

  /** The same, from scores. */
  public Comparison judge(
      HeldOutMemory memory, Scores candidate, Scores incumbent, int looks, double deficit) {
    MeaningChange.find(memory.sample(), incumbent.soft(), memory.changedAt())
        .ifPresent(memory::changed);
    return judge(memory.sample(), candidate, incumbent, looks, deficit);
  }

  /** Judges on requests with weights. */
  Comparison judge(
      WeightedRequests sample, Scores candidate, Scores incumbent, int looks, double deficit) {
    if (sample.size() == 0 || looks < 1 || deficit > 0) {
      throw new IllegalArgumentException(
          "expected requests, a first look and no surplus, got %d, %d and %s"
              .formatted(sample.size(), looks, deficit));
    }
    double margin = Math.max(0, settings.margin() + deficit);
    double threshold = Math.log((double) looks * (looks + 1) / settings.risk());
    BettingTest soft = new BettingTest(minus(candidate.soft(), incumbent.soft()), sample.weights());
    double lowerBound = soft.lowerBound(threshold);
    double[] hard = minus(candidate.hard(), incumbent.hard());
    List<ClassDifference> classes = classes(sample, hard);
    return new Comparison(
        sample.size(),
        sample.mean(candidate.soft()),
        sample.mean(incumbent.soft()),
        lowerBound,
        sample.mean(hard),
        margin,
        looks,
        Math.max(-settings.margin(), Math.min(0, deficit + soft.mean())),
        classes.stream().min(Comparator.comparingDouble(ClassDifference::difference)),
        objections(
            soft.logEvidenceAgainst(-margin) >= threshold, lowerBound, sample.mean(hard), classes));
  }

  private List<Objection> objections(
      boolean shownAsGood,
      double lowerBound,
      double predictionDifference,
      List<ClassDifference> classes) {
    List<Objection> objections = new ArrayList<>();
    if (!shownAsGood) {
      objections.add(new Objection.NotShownAsGood());
    }
    if (predictionDifference < -settings.margin()) {
      objections.add(new Objection.FewerLikePredictions());
    }
    double threshold = Math.log(classes.size() / settings.risk());
    if (lowerBound < settings.classMargin()) {
      classes.stream()
          .filter(one -> one.logEvidence() >= threshold)
          .map(Objection.LostLabel::new)
          .forEach(objections::add);
    }
    return objections;
  }

  /** Whether the label, whose newest request comes first, still occurs. */
  private boolean isInUse(WeightedRequests sample, List<Integer> members) {
    return sample.arrivals()[members.get(0)] >= sample.newest() - settings.halfLife();
  }

  /**
   * Labels with enough requests. Weights fall half as fast here as overall: what counts of a single
   * label would be too little otherwise.
   */
  private List<ClassDifference> classes(WeightedRequests sample, double[] differences) {
    Map<Integer, List<Integer>> byLabel = new TreeMap<>();
    IntStream.range(0, sample.size())
        .filter(i -> sample.arrivals()[i] >= sample.since())
        .forEach(
            i ->
                byLabel
                    .computeIfAbsent(sample.requests().get(i).label(), l -> new ArrayList<>())
                    .add(i));
    List<ClassDifference> classes = new ArrayList<>();
    byLabel.forEach(
        (label, members) -> {
          if (members.size() >= FEWEST_OF_LABEL && isInUse(sample, members)) {
            BettingTest losses =
                new BettingTest(
                    members.stream().mapToDouble(i -> -differences[i]).toArray(),
                    members.stream()
                        .mapToDouble(i -> Math.pow(2, -sample.ages()[i] / 2))
                        .toArray());
            classes.add(
                new ClassDifference(
                    label,
                    members.size(),
                    0 - losses.mean(),
                    losses.logEvidenceAgainst(settings.classMargin())));
          }
        });
    return classes;
  }

  private static double[] minus(double[] candidate, double[] incumbent) {
    return IntStream.range(0, candidate.length)
        .mapToDouble(i -> candidate[i] - incumbent[i])
        .toArray();
  }
}
