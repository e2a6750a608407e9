package io.distillstream.benchmarks.scenario.run;

import io.distillstream.model.ArgMax;
import io.distillstream.trainer.batch.TokenInputs;
import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.engine.djl.DjlStudentEngine;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.export.PublishedWeights;
import io.distillstream.trainer.state.StudentState;
import java.util.Arrays;
import java.util.List;

/** Answers with what devices would get, in fp32. Owns an engine; not thread-safe. */
final class DeviceStudent implements AutoCloseable {
  private static final int BATCH = 100;

  private final DjlStudentEngine engine;

  /**
   * @param any student of the shape
   */
  DeviceStudent(StudentState any) {
    engine = DjlStudentEngine.from(any.asDeployed());
  }

  /** What devices would get of a checkpoint. */
  StudentState published(GoodState good) {
    return PublishedWeights.of(good.state(), good.memories().heldOut(), engine).student();
  }

  /**
   * Logits {@code [examples, classes]}.
   *
   * @param deployed see {@link #published}
   */
  float[][] logits(StudentState deployed, List<Example> examples) {
    engine.restore(deployed);
    float[][] all = new float[examples.size()][];
    for (int from = 0; from < all.length; from += BATCH) {
      List<Example> part = examples.subList(from, Math.min(all.length, from + BATCH));
      float[][] rows =
          engine.logits(new TokenInputs(part.stream().map(Example::tokens).toArray(int[][]::new)));
      System.arraycopy(rows, 0, all, from, rows.length);
    }
    return all;
  }

  /** The most probable label of each example. */
  int[] answers(StudentState deployed, List<Example> examples) {
    return Arrays.stream(logits(deployed, examples)).mapToInt(ArgMax::of).toArray();
  }

  @Override
  public void close() {
    engine.close();
  }
}
