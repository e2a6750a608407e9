package io.distillstream.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.PendingCheckpoint;
import io.distillstream.trainer.engine.DivergedStepException.Cause;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.examples.HeldOutRule;
import io.distillstream.trainer.memory.HeldOutPlan;
import io.distillstream.trainer.memory.MemoryPlan;
import io.distillstream.trainer.memory.MemoryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Requests that are not learned. Their teacher gives class 2, which it gives for no other. */
class HeldOutLoopTest {
  private final ScriptedEngine engine = new ScriptedEngine();
  private final MemoryCheckpoints checkpoints = new MemoryCheckpoints();
  private final List<String> heard = new ArrayList<>();

  /** Two of twelve are held out, up to this many. */
  private static ScriptedSource mixed(int records) {
    ScriptedSource source = new ScriptedSource();
    for (int number = 0; number < records; number += 12) {
      source.answering(number, number + 7, 0).heldOut(number + 7, number + 9, 2);
      source.answering(number + 9, number + 12, 1);
    }
    return source.withoutQuiet();
  }

  private static List<String> ids(int records) {
    return IntStream.range(0, records)
        .filter(number -> number % 12 == 7 || number % 12 == 8)
        .mapToObj(number -> "request-" + number)
        .toList();
  }

  /** Keys of all copies that left, in order. */
  private List<String> copies() {
    return Stream.concat(
            checkpoints.written.stream().map(PendingCheckpoint::heldOut),
            checkpoints.passedOver.stream().map(MemoryCheckpoints.PassedOver::letters))
        .flatMap(List::stream)
        .map(ProducerRecord::key)
        .toList();
  }

  @Test
  void shouldNeverShowThemToTheEngine() throws Exception {
    run(engine, mixed(120));

    assertThat(engine.recordsLearned()).isEqualTo(100);
    assertThat(engine.batches)
        .allSatisfy(
            batch ->
                assertThat(batch.targets()).allMatch(target -> target.answer() != 2).hasSize(4));
    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(100);
    assertThat(checkpoints.newest().score().classes()).doesNotContainKey(2);
  }

  @Test
  void shouldGoWithTheCheckpointThatMovesBeyondThem() throws Exception {
    run(engine, mixed(120));

    assertThat(copies()).isEqualTo(ids(120));
    assertThat(heard).isEqualTo(ids(120));
    assertThat(checkpoints.passedOver).isEmpty();
    long before = 0;
    for (PendingCheckpoint checkpoint : checkpoints.written) {
      long heldOut = checkpoint.good().lineage().apart().heldOut();
      assertThat(heldOut - before).isEqualTo(checkpoint.heldOut().size());
      before = heldOut;
      assertThat(checkpoint.good().memories().heldOut().offered()).isEqualTo(heldOut);
      // Each offset lies before the checkpoint if its copy went with it, and else behind.
      assertThat(checkpoint.good().lineage().offsets())
          .isEqualTo(Map.of(0, checkpoint.good().lineage().records() + heldOut));
    }
    assertThat(before).isEqualTo(20);
  }

  @Test
  void shouldGoWithWhatIsPassedOverWhereNothingIsTrained() throws Exception {
    run(engine, new ScriptedSource().answering(0, 20, 0).heldOut(20, 23, 2));

    assertThat(checkpoints.written).hasSize(1);
    assertThat(checkpoints.passedOver)
        .singleElement()
        .satisfies(
            passed -> {
              assertThat(passed.version()).isEqualTo(1);
              assertThat(passed.positions()).isEqualTo(Map.of(0, 23L));
              assertThat(passed.heldOut()).isEqualTo(3);
            });
    assertThat(copies()).containsExactly("request-20", "request-21", "request-22");
  }

  @Test
  void shouldCountThemOnceThroughARestartAfterTheyWerePassedOver() throws Exception {
    run(engine, new ScriptedSource().answering(0, 20, 0).heldOut(20, 23, 2));
    ScriptedEngine resumed = new ScriptedEngine(checkpoints.newest().good().state());
    ScriptedSource longer =
        new ScriptedSource().answering(0, 20, 0).heldOut(20, 23, 2).heldOut(23, 25, 2);
    run(resumed, longer.answering(25, 45, 0).withoutQuiet());

    assertThat(longer.seeks).containsExactly(Map.of(0, 23L));
    assertThat(checkpoints.newest().good().lineage().apart().heldOut()).isEqualTo(5);
    assertThat(checkpoints.newest().good().lineage().records()).isEqualTo(40);
    assertThat(checkpoints.newest().heldOut())
        .extracting(ProducerRecord::key)
        .containsExactly("request-23", "request-24");
  }

  @Test
  void shouldDoTheSameAfterARestartFromACheckpoint() throws Exception {
    run(engine, mixed(120));
    GoodState undisturbed = checkpoints.newest().good();
    checkpoints.written.subList(2, checkpoints.written.size()).clear();

    run(new ScriptedEngine(checkpoints.newest().good().state()), mixed(120));

    assertThat(copies()).isEqualTo(ids(120));
    assertSame(checkpoints.newest().good(), undisturbed);
  }

  @Test
  void shouldTakeThemBackWithWhatIsTakenBack() throws Exception {
    run(new ScriptedEngine(), mixed(120));
    GoodState undisturbed = checkpoints.newest().good();
    checkpoints.written.clear();

    // Two steps and two held-out requests after the checkpoint at 40.
    engine.divergeOnceAt(48, Cause.NOT_FINITE);
    ScriptedSource source = mixed(120);
    run(engine, source);

    assertThat(source.seeks).hasSize(2);
    assertThat(copies()).isEqualTo(ids(120));
    assertThat(checkpoints.newest().good().lineage()).isEqualTo(undisturbed.lineage());
    assertThat(checkpoints.newest().good().memories().heldOut())
        .usingRecursiveComparison()
        .isEqualTo(undisturbed.memories().heldOut());
  }

  @Test
  void shouldKeepWhatWasPassedOverThroughARollBack() throws Exception {
    engine.divergeOnceAt(20, Cause.NOT_FINITE);
    ScriptedSource source = new ScriptedSource().answering(0, 20, 0).heldOut(20, 23, 2);
    TrainingLoop loop = builder().over(engine, source);
    source.atEnd(
        () -> {
          if (engine.recordsLearned() == 20) {
            source.answering(23, 43, 0);
          } else {
            loop.stop();
          }
        });
    loop.run();

    assertThat(source.seeks).containsExactly(Map.of(), Map.of(0, 23L));
    assertThat(copies()).containsExactly("request-20", "request-21", "request-22");
    GoodState newest = checkpoints.newest().good();
    assertThat(newest.lineage().apart().heldOut()).isEqualTo(3);
    assertThat(newest.memories().heldOut().entries()).hasSize(3);
  }

  @Test
  void shouldNotLetCopiesPileUp() throws Exception {
    run(engine, new ScriptedSource().heldOut(0, 25_000, 2).answering(25_000, 25_004, 0));

    assertThat(checkpoints.passedOver)
        .extracting(passed -> passed.letters().size())
        .containsExactly(10_000, 10_000);
    assertThat(checkpoints.newest().heldOut()).hasSize(5_000);
    assertThat(checkpoints.newest().good().lineage().apart().heldOut()).isEqualTo(25_000);
    assertThat(checkpoints.newest().good().memories().heldOut().entries()).hasSize(10);
  }

  private static void assertSame(GoodState actual, GoodState expected) {
    assertThat(actual.state()).isEqualTo(expected.state());
    assertThat(actual.lineage()).isEqualTo(expected.lineage());
    assertThat(actual.memories()).usingRecursiveComparison().isEqualTo(expected.memories());
  }

  private void run(ScriptedEngine trained, ScriptedSource source) throws InterruptedException {
    builder().run(trained, source);
  }

  private LoopBuilder builder() {
    return new LoopBuilder(checkpoints)
        .heldOut(
            new HeldOutPlan(
                new HeldOutRule(6), new MemoryPlan(MemoryPolicy.STRATIFIED, 10, 10_000, 5)))
        .listener(
            new TrainingListener() {
              @Override
              public void heldOut(List<Example> examples) {
                examples.forEach(example -> heard.add(example.requestId()));
              }
            });
  }
}
