package io.distillstream.benchmarks.scenario.run;

import io.distillstream.benchmarks.scenario.order.Meaning;
import io.distillstream.benchmarks.scenario.order.TrafficStream;
import io.distillstream.benchmarks.scenario.order.TrafficStream.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The figures of one student on one stream. Agreement is with the teacher, on the held-out set.
 *
 * @param curve one point per candidate
 * @param atEnd agreement of the last candidate
 * @param publishedAtEnd agreement of what devices have in the end; empty if they never got anything
 * @param forgetting mean over labels of the best agreement of an earlier candidate less that of the
 *     last one (Chaudhry, Dokania, Ajanthan, Torr, <a
 *     href="https://arxiv.org/abs/1801.10112">Riemannian Walk for Incremental Learning</a>, 2018),
 *     after a change of meaning over candidates since then; empty with fewer than two of them
 * @param worstStep smallest difference in agreement between a published version and the one before
 *     it, in what labels mean by then; empty with fewer than two versions
 * @param recovered records from the beginning of a change of meaning until a candidate reaches 95 %
 *     of the last one's agreement; empty without a change, and without such a candidate
 * @param publishedRecovered the same until devices get one
 * @param alarms records of the stream that came before drift was found
 * @param recordsPerSecond fresh ones
 */
public record Outcome(
    List<Point> curve,
    double atEnd,
    OptionalDouble publishedAtEnd,
    OptionalDouble forgetting,
    OptionalDouble worstStep,
    OptionalInt recovered,
    OptionalInt publishedRecovered,
    List<Long> alarms,
    double recordsPerSecond) {

  private static final double RECOVERED = 0.95;

  /**
   * One candidate.
   *
   * @param position records of the stream that came before it
   * @param agreement in what labels mean by then
   * @param devices the same of what devices have by then, NaN before they get anything
   * @param first the same over the labels of the stream's half; NaN where it has none
   * @param second over the others
   * @param refusal why devices do not get it; empty where they do
   */
  public record Point(
      int position,
      double agreement,
      double devices,
      double first,
      double second,
      Optional<String> refusal) {}

  public Outcome {
    curve = List.copyOf(curve);
    alarms = List.copyOf(alarms);
  }

  /**
   * Of a run.
   *
   * @throws IllegalArgumentException if the run has no candidates
   */
  public static Outcome of(TrafficStream stream, TrainedRun run, HeldOutScores scores) {
    return of(stream, run.candidates(), run.alarms(), run.recordsPerSecond(), scores);
  }

  static Outcome of(
      TrafficStream stream,
      List<Candidate> all,
      List<Long> alarms,
      double recordsPerSecond,
      HeldOutScores scores) {
    if (all.isEmpty()) {
      throw new IllegalArgumentException("a run without checkpoints");
    }
    List<Candidate> published = all.stream().filter(Candidate::published).toList();
    Candidate last = all.get(all.size() - 1);
    double atEnd = scores.agreement(last, stream.meaning());
    return new Outcome(
        curve(stream, all, scores),
        atEnd,
        published.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(
                scores.agreement(published.get(published.size() - 1), stream.meaning())),
        forgetting(since(stream, all), stream.meaning(), scores),
        worstStep(stream, published, scores),
        recovered(stream, all, scores, atEnd),
        recovered(stream, published, scores, atEnd),
        alarms,
        recordsPerSecond);
  }

  private static List<Point> curve(
      TrafficStream stream, List<Candidate> candidates, HeldOutScores scores) {
    List<Point> curve = new ArrayList<>();
    Optional<Candidate> devices = Optional.empty();
    for (Candidate candidate : candidates) {
      devices = candidate.published() ? Optional.of(candidate) : devices;
      curve.add(point(stream, candidate, devices, scores));
    }
    return curve;
  }

  private static Point point(
      TrafficStream stream,
      Candidate candidate,
      Optional<Candidate> devices,
      HeldOutScores scores) {
    Meaning meaning = stream.at(candidate.position());
    boolean halves = !stream.half().isEmpty();
    return new Point(
        candidate.position(),
        scores.agreement(candidate, meaning),
        devices.map(version -> scores.agreement(version, meaning)).orElse(Double.NaN),
        halves ? scores.agreement(candidate, meaning, stream.half()::contains) : Double.NaN,
        halves ? scores.agreement(candidate, meaning, l -> !stream.half().contains(l)) : Double.NaN,
        candidate.refusal());
  }

  /** Candidates of the last meaning. */
  private static List<Candidate> since(TrafficStream stream, List<Candidate> all) {
    int from = stream.change().map(Change::to).orElse(0);
    return all.stream().filter(candidate -> candidate.position() >= from).toList();
  }

  static OptionalDouble forgetting(
      List<Candidate> candidates, Meaning meaning, HeldOutScores scores) {
    if (candidates.size() < 2) {
      return OptionalDouble.empty();
    }
    Map<Integer, Double> best = new HashMap<>();
    for (Candidate earlier : candidates.subList(0, candidates.size() - 1)) {
      scores
          .byLabel(earlier, meaning)
          .forEach((label, value) -> best.merge(label, value, Math::max));
    }
    return scores.byLabel(candidates.get(candidates.size() - 1), meaning).entrySet().stream()
        .mapToDouble(end -> best.getOrDefault(end.getKey(), 0.0) - end.getValue())
        .average();
  }

  static OptionalDouble worstStep(
      TrafficStream stream, List<Candidate> published, HeldOutScores scores) {
    List<Double> steps = new ArrayList<>();
    for (int i = 1; i < published.size(); i++) {
      Candidate version = published.get(i);
      Meaning meaning = stream.at(version.position());
      steps.add(
          scores.agreement(version, meaning) - scores.agreement(published.get(i - 1), meaning));
    }
    return steps.stream().mapToDouble(step -> step).min();
  }

  private static OptionalInt recovered(
      TrafficStream stream, List<Candidate> candidates, HeldOutScores scores, double atEnd) {
    if (stream.change().isEmpty()) {
      return OptionalInt.empty();
    }
    int from = stream.change().get().from();
    return candidates.stream()
        .filter(candidate -> candidate.position() > from)
        .filter(c -> scores.agreement(c, stream.meaning()) >= RECOVERED * atEnd)
        .mapToInt(candidate -> candidate.position() - from)
        .findFirst();
  }

  public long published() {
    return curve.stream().filter(point -> point.refusal().isEmpty()).count();
  }

  public long refused() {
    return curve.size() - published();
  }

  /**
   * The smallest ratio, over candidates after {@code warmUp} records and over both halves of the
   * labels, of agreement to that of {@code random} at the same time; empty without halves.
   *
   * @param random of a stream of the same records and halves in random order
   */
  public OptionalDouble leastHalf(Outcome random, int warmUp) {
    double least = Double.NaN;
    for (int i = 0; i < Math.min(curve.size(), random.curve.size()); i++) {
      Point mine = curve.get(i);
      if (mine.position() >= warmUp && !Double.isNaN(mine.first())) {
        Point other = random.curve.get(i);
        double now = Math.min(mine.first() / other.first(), mine.second() / other.second());
        least = Double.isNaN(least) ? now : Math.min(least, now);
      }
    }
    return Double.isNaN(least) ? OptionalDouble.empty() : OptionalDouble.of(least);
  }
}
