package io.distillstream.chaos.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.BlobRef;
import io.distillstream.avro.Checkpoint;
import io.distillstream.avro.EventTimes;
import io.distillstream.avro.TrainingProgress;
import io.distillstream.foundation.Sha256;
import io.distillstream.trainer.examples.HeldOutRule;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AccountTest {
  private static final HeldOutRule RULE = new HeldOutRule(2);
  private static final List<String> TRAINED = first(3, id -> !RULE.holdsOut(id));
  private static final List<String> HELD_OUT = first(2, RULE::holdsOut);
  private static final List<String> ALL =
      Stream.of(TRAINED, HELD_OUT).flatMap(List::stream).toList();

  private final Evidence evidence = new Evidence();
  private final Map<String, Integer> dealtWith = once(ALL);
  private final Map<String, Integer> copies = once(HELD_OUT);

  private static List<String> first(int count, Predicate<String> which) {
    return Stream.iterate(0, i -> i + 1).map(i -> "id-" + i).filter(which).limit(count).toList();
  }

  private static Map<String, Integer> once(List<String> ids) {
    Map<String, Integer> times = new HashMap<>();
    ids.forEach(id -> times.put(id, 1));
    return times;
  }

  private Account account() {
    long sum = TRAINED.stream().mapToLong(Sha256::leadingLong).sum();
    return new Account(
        ALL, checkpoint(sum, TRAINED.size(), HELD_OUT.size()), dealtWith, copies, RULE);
  }

  @Test
  void shouldFindNothingWhereAllIsDealtWithOnce() {
    assertThat(account().complete()).isTrue();
    account().judge(evidence);
    assertThat(evidence.isEmpty()).isTrue();
  }

  @Test
  void shouldTellOfARequestThatWasLost() {
    dealtWith.remove(TRAINED.get(1));
    assertThat(account().complete()).isFalse();
    account().judge(evidence);
    assertThat(evidence.of(Promise.NOTHING_LOST)).containsExactly(TRAINED.get(1));
    assertThat(evidence.count(Promise.LINEAGE_AGREES)).isPositive();
  }

  @Test
  void shouldTellOfARequestThatWasTrainedTwice() {
    dealtWith.put(TRAINED.get(0), 2);
    account().judge(evidence);
    assertThat(evidence.of(Promise.NOTHING_TWICE)).singleElement().asString().contains("2 times");
  }

  @Test
  void shouldTellOfAHeldOutRequestThatWasCopiedTwiceOrNever() {
    copies.put(HELD_OUT.get(0), 2);
    copies.remove(HELD_OUT.get(1));
    account().judge(evidence);
    assertThat(evidence.count(Promise.HELD_OUT_ONCE)).isEqualTo(2);
  }

  @Test
  void shouldNotMissAHeldOutRequestBehindTheLastCheckpoint() {
    dealtWith.remove(HELD_OUT.get(1));
    assertThat(account().complete()).isTrue();
    account().judge(evidence);
    assertThat(evidence.isEmpty()).isTrue();
  }

  @Test
  void shouldTellWhereTheStateSaysSomethingElseThanItsOffsets() {
    new Account(ALL, checkpoint(17, TRAINED.size(), 0), dealtWith, copies, RULE).judge(evidence);
    assertThat(evidence.count(Promise.LINEAGE_AGREES)).isEqualTo(2);
  }

  private static Checkpoint checkpoint(long sum, long trained, long heldOut) {
    BlobRef blob = new BlobRef("blob", 1L, "0".repeat(64), 1, 0, 0L);
    return Checkpoint.newBuilder()
        .setModel("student")
        .setVersion(5)
        .setParentVersion(4)
        .setLabelSpace("labels")
        .setLabels(List.of("a"))
        .setState(blob)
        .setOnnx(blob)
        .setOffsets(List.of())
        .setSteps(1)
        .setRecordsTrained(trained)
        .setLineageDigest(sum)
        .setEventTimes(new EventTimes(100, List.of(), List.of()))
        .setTeacherVersions(Map.of())
        .setTraining(
            TrainingProgress.newBuilder()
                .setPrequentialAgreement(0)
                .setPrequentialKl(0)
                .setLoss(0)
                .setTemperature(1)
                .setAlpha(1)
                .setLearningRate(1)
                .build())
        .setOnnxMaxAbsDifference(0)
        .setCreatedAt(Instant.EPOCH)
        .setHeldOutRecords(heldOut)
        .build();
  }
}
