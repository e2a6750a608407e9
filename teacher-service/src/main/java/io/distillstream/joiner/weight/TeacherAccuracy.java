package io.distillstream.joiner.weight;

import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.model.LabelSpace;
import io.distillstream.wire.opinion.Opinion;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * How often the truth has proved each teacher right, and the weight that follows.
 *
 * <p>Of n truths, weighted so that each counts half after the half-life, h were the teacher's most
 * probable class. Before there are many, the estimate leans towards halfway between chance and
 * certainty:
 *
 * <pre>
 * p = (h + 20 (1 + 1/C) / 2) / (n + 20)          w = max(0, ln((C - 1) p / (1 - p)))
 * </pre>
 *
 * <p>The weight is that of the stagewise additive model for C classes (Zhu, Zou, Rosset, Hastie, <a
 * href="https://doi.org/10.4310/SII.2009.v2.n3.a8">Multi-class AdaBoost</a>, 2009), and for two
 * classes the log-odds that make a majority of independent voters right most often (Nitzan,
 * Paroush, <a href="https://doi.org/10.2307/2526438">Optimal Decision Rules in Uncertain
 * Dichotomous Choice Situations</a>, 1982). A teacher no better than chance counts nothing.
 *
 * <p>Each version of a teacher is measured anew, and its weight is that of a teacher nothing is
 * known of until truths come in. Belongs to one partition; at most {@link #MOST} versions are known
 * at a time, those measured last.
 */
public final class TeacherAccuracy {
  static final int MOST = 128;

  private static final double PRIOR_TRUTHS = 20;

  private final KeyValueStore<String, Tally> store;
  private final LabelSpace labels;
  private final long halfLife;

  /**
   * @param store borrowed
   */
  TeacherAccuracy(KeyValueStore<String, Tally> store, LabelSpace labels, long halfLife) {
    this.store = store;
    this.labels = labels;
    this.halfLife = halfLife;
  }

  /** Probability that the teacher's most probable class is the true one of so many. */
  static double estimate(Tally tally, int classes) {
    double prior = (1 + 1.0 / classes) / 2;
    return (tally.hits() + PRIOR_TRUTHS * prior) / (tally.truths() + PRIOR_TRUTHS);
  }

  /** The weight of a teacher with this accuracy among so many classes. */
  public static double weight(double accuracy, int classes) {
    return Math.max(0, Math.log((classes - 1) * accuracy / (1 - accuracy)));
  }

  double weight(TrainingExample example, TeacherOpinion opinion, int classes) {
    Tally known = store.get(key(example, opinion));
    return weight(estimate(known == null ? Tally.NONE : known, classes), classes);
  }

  /**
   * Compares an example's opinions with its truth. Nothing comes of a truth that is no label, nor
   * of examples of other labels or more positions than one.
   *
   * @return teacher id to its accuracy now, of the teachers that were compared
   */
  Map<String, Double> measure(TrainingExample example, String truth, long nowMillis) {
    Map<String, Double> measured = new TreeMap<>();
    int index = labels.indexOf(truth);
    if (index >= 0
        && example.getPositions() == 1
        && example.getLabelSpace().equals(labels.fingerprint())) {
      for (TeacherOpinion opinion : example.getTeachers()) {
        Opinion said = Opinion.of(opinion.getDistribution(), 1).get(0);
        Tally tally = measure(key(example, opinion), said.answer() == index, nowMillis);
        measured.put(opinion.getTeacherId(), estimate(tally, labels.size()));
      }
    }
    return measured;
  }

  private Tally measure(String key, boolean hit, long nowMillis) {
    Tally known = store.get(key);
    if (known == null) {
      forgetAllBut(MOST - 1);
      known = Tally.NONE;
    }
    Tally next = known.plus(hit, halfLife, nowMillis);
    store.put(key, next);
    return next;
  }

  private void forgetAllBut(int most) {
    TreeMap<Long, String> oldestFirst = new TreeMap<>();
    try (KeyValueIterator<String, Tally> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, Tally> one = all.next();
        long at = one.value.measuredAt();
        while (oldestFirst.putIfAbsent(at, one.key) != null) {
          at++;
        }
      }
    }
    while (oldestFirst.size() > most) {
      store.delete(Objects.requireNonNull(oldestFirst.pollFirstEntry()).getValue());
    }
  }

  /** Ids and versions may hold anything. */
  private static String key(TrainingExample example, TeacherOpinion opinion) {
    String id = opinion.getTeacherId();
    return example.getLabelSpace()
        + "/"
        + id.length()
        + "/"
        + id
        + "/"
        + opinion.getTeacherVersion();
  }
}
