package io.distillstream.trainer.checkpoint.record;

import static java.util.Objects.requireNonNull;

import io.distillstream.trainer.checkpoint.GoodState;
import io.distillstream.trainer.checkpoint.Lineage;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.state.StudentState;
import io.distillstream.trainer.student.StudentWeights;
import io.distillstream.trainer.student.TransformerSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Writes a state to a file, deletes the file, and compares every value with what is read back. */
final class LargeState {
  private static final TransformerSpec SPEC =
      TransformerSpec.uniform(4_000, 256, 6, 8, 1_024, 24, 64, false);

  private LargeState() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    StudentState state = StudentState.fresh(weights(1), 1).withAverage(Optional.of(weights(2)));
    StateFile.write(new GoodState(state, Lineage.NONE, Map.of()), file);
    StudentState back = StateFile.read(file, Lineage.NONE).state();
    Files.delete(file);
    Map<String, FloatTensor> tensors = back.tensors();
    long values = 0;
    for (Map.Entry<String, FloatTensor> one : state.tensors().entrySet()) {
      if (!one.getValue().equals(requireNonNull(tensors.get(one.getKey())))) {
        throw new IllegalStateException(one.getKey() + " is another one");
      }
      values += one.getValue().values().length;
    }
    System.out.printf("the same %d values%n", values);
  }

  /** Made when they are asked for, so that they take no memory themselves. */
  private static StudentWeights weights(long seed) {
    return new StudentWeights(
        SPEC, parameter -> FloatTensor.from(() -> drawn(parameter, seed), parameter.shape()));
  }

  private static float[] drawn(Parameter parameter, long seed) {
    Random random = new Random(seed + parameter.name().hashCode());
    float[] values = new float[parameter.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
