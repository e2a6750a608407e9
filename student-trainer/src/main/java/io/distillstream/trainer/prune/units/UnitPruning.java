package io.distillstream.trainer.prune.units;

import io.distillstream.trainer.prune.PruningMemory;
import io.distillstream.trainer.prune.PruningPlan.Scaling;
import io.distillstream.trainer.prune.units.Unit.Kind;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Decides which attention heads and feed-forward neurons go.
 *
 * <p>A unit's importance is the sum of its weights' importance, divided by the parameters that go
 * with it: what the student loses per parameter that it saves. All units of all blocks stand in one
 * order, heads beside neurons. Each block keeps one of each kind.
 */
public final class UnitPruning {
  private final TransformerSpec spec;
  private final long unpruned;
  private final Scaling scaling;

  /**
   * @param unpruned {@link #parameters} before any unit went
   */
  public UnitPruning(TransformerSpec spec, long unpruned, Scaling scaling) {
    this.spec = spec;
    this.unpruned = unpruned;
    this.scaling = scaling;
  }

  /** Parameters in all units of a student, of which a share is to be pruned. */
  public static long parameters(TransformerSpec spec) {
    long sum = 0;
    for (int block = 0; block < spec.blocks().size(); block++) {
      for (Kind kind : Kind.values()) {
        sum += (long) kind.count(spec, block) * kind.cost(spec);
      }
    }
    return sum;
  }

  /** Parameters in all units before any went. */
  public long unpruned() {
    return unpruned;
  }

  /** Share of the units' parameters that are gone. */
  public double removed() {
    return unpruned == 0 ? 0 : 1 - (double) parameters(spec) / unpruned;
  }

  /** Parameters that are still to go until {@code share} are gone. */
  private long left(double share) {
    return (long) (share * unpruned) - (unpruned - parameters(spec));
  }

  /** Whether a unit has to go until {@code share} of the units' parameters are gone. */
  public boolean isDue(double share) {
    return IntStream.range(0, spec.blocks().size())
        .anyMatch(
            block ->
                List.of(Kind.values()).stream()
                    .anyMatch(
                        kind -> kind.count(spec, block) > 1 && kind.cost(spec) <= left(share)));
  }

  /** Chooses the least important units, as many as fit into {@code share}. */
  public Shrinking choose(StudentWeights weights, PruningMemory memory, double share) {
    long budget = left(share);
    Set<Unit> gone = new HashSet<>();
    Map<Group, Integer> left = new HashMap<>();
    for (Ranked ranked : rank(weights, memory)) {
      Unit unit = ranked.unit;
      Group group = new Group(unit.kind(), unit.block());
      int others = left.getOrDefault(group, unit.kind().count(spec, unit.block())) - 1;
      int cost = unit.kind().cost(spec);
      if (cost <= budget && others > 0) {
        left.put(group, others);
        budget -= cost;
        gone.add(unit);
      }
    }
    return Shrinking.ofBlocks(spec, kept(Kind.HEAD, gone), kept(Kind.NEURON, gone));
  }

  private record Group(Kind kind, int block) {}

  private List<int[]> kept(Kind kind, Set<Unit> gone) {
    List<int[]> kept = new ArrayList<>();
    for (int block = 0; block < spec.blocks().size(); block++) {
      int of = block;
      kept.add(
          IntStream.range(0, kind.count(spec, block))
              .filter(index -> !gone.contains(new Unit(kind, of, index)))
              .toArray());
    }
    return kept;
  }

  private record Ranked(Unit unit, double importance) {}

  /** Every unit, the least important first; equals in the order of blocks and places. */
  private List<Ranked> rank(StudentWeights weights, PruningMemory memory) {
    List<Ranked> ranked = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Ranked> ofKind = new ArrayList<>();
      for (int block = 0; block < spec.blocks().size(); block++) {
        double[] sums = importance(kind, block, weights, memory);
        for (int index = 0; index < sums.length; index++) {
          ofKind.add(new Ranked(new Unit(kind, block, index), sums[index] / kind.cost(spec)));
        }
      }
      double scale = scale(ofKind);
      ofKind.forEach(unit -> ranked.add(new Ranked(unit.unit, unit.importance * scale)));
    }
    ranked.sort(Comparator.comparingDouble(Ranked::importance));
    return ranked;
  }

  private double scale(List<Ranked> units) {
    double squares = units.stream().mapToDouble(unit -> unit.importance * unit.importance).sum();
    return scaling == Scaling.NONE || squares == 0 ? 1 : Math.sqrt(units.size() / squares);
  }

  private double[] importance(Kind kind, int block, StudentWeights weights, PruningMemory memory) {
    double[] sums = new double[kind.count(spec, block)];
    String prefix = kind.prefix(block);
    switch (kind) {
      case HEAD -> {
        int width = spec.headWidth();
        UnitImportance.of(prefix + "input.weight", weights, memory).addColumns(sums, width);
        UnitImportance.of(prefix + "output.weight", weights, memory)
            .addRows(sums, width * spec.width());
      }
      case NEURON -> {
        UnitImportance.of(prefix + "inner.weight", weights, memory).addColumns(sums, 1);
        UnitImportance.of(prefix + "outer.weight", weights, memory).addRows(sums, spec.width());
      }
    }
    return sums;
  }
}
