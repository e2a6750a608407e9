package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.device.inference.OnnxClassifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Swaps real sessions under load: every question is answered, by the version it claims. */
class HotSwapTest {

  private static final int SWAPS = 60;
  private static final int ANSWERS_PER_SWAP = 20;

  @TempDir Path folder;

  @Test
  void shouldDropNoAnswerWhileModelsChange() throws Exception {
    ModelSlot slot = new ModelSlot();
    List<LeasedModel> models = new ArrayList<>();
    swap(slot, models, 1);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong answered = new AtomicLong();
    ExecutorService askers = Executors.newFixedThreadPool(4);
    List<Future<?>> asking = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      asking.add(askers.submit(() -> ask(slot, done, answered)));
    }

    for (long version = 2; version <= SWAPS; version++) {
      long until = answered.get() + ANSWERS_PER_SWAP;
      while (answered.get() < until && asking.stream().noneMatch(Future::isDone)) {
        Thread.onSpinWait();
      }
      swap(slot, models, version);
    }
    done.set(true);
    for (Future<?> asker : asking) {
      // Rethrows whatever went wrong while asking.
      asker.get(10, TimeUnit.SECONDS);
    }
    askers.shutdown();
    slot.swap(null);

    assertThat(answered.get()).isGreaterThanOrEqualTo((SWAPS - 1) * ANSWERS_PER_SWAP);
    assertThat(models).hasSize(SWAPS).allMatch(model -> !model.tryLease(), "is closed");
  }

  @Test
  void shouldCloseAModelOnlyAfterItsLastUse() throws Exception {
    ModelSlot slot = new ModelSlot();
    List<LeasedModel> models = new ArrayList<>();
    swap(slot, models, 1);
    LeasedModel inUse = Objects.requireNonNull(slot.lease());

    swap(slot, models, 2);

    assertThat(inUse.classifier().logits("a dog")).hasSize(3);
    inUse.release();
    assertThat(inUse.tryLease()).isFalse();
    slot.swap(null);
  }

  @SuppressWarnings("MustBeClosedChecker") // Transferred to the slot.
  private void swap(ModelSlot slot, List<LeasedModel> models, long version) throws Exception {
    Path file = Files.write(folder.resolve(version + ".onnx"), TestModels.model(version));
    LeasedModel model = new LeasedModel(OnnxClassifier.open(file), version);
    models.add(model);
    slot.swap(model);
  }

  private static void ask(ModelSlot slot, AtomicBoolean done, AtomicLong answered) {
    while (!done.get()) {
      LeasedModel model = Objects.requireNonNull(slot.lease());
      try {
        DeviceAnswer answer =
            DeviceAnswer.of(model.classifier().logits("a dog"), TestModels.LABELS, model.version());
        assertThat(answer.label()).isEqualTo(TestModels.label(answer.version()));
        answered.incrementAndGet();
      } finally {
        model.release();
      }
    }
  }
}
