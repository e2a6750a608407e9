package io.distillstream.trainer.engine.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.heap.DenseLayout;
import io.distillstream.trainer.engine.heap.NetworkWeights;
import io.distillstream.trainer.loss.Consistency;
import io.distillstream.trainer.loss.EntropyGap;
import io.distillstream.trainer.objective.BatchLoss;
import io.distillstream.trainer.objective.ConsistencyLoss;
import io.distillstream.trainer.objective.Outputs;
import io.distillstream.trainer.objective.TrainingObjective;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.schedule.StepSettings;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Forward and backward passes over a batch, in native memory that ends with each call. Reads
 * weights and changes none. Owns the native manager. Not thread-safe.
 */
final class NativePasses implements AutoCloseable {
  /** DJL allows one gradient collector per process. */
  private static final ReentrantLock COLLECTING = new ReentrantLock();

  private final TrainingObjective objective;
  private final Engine engine;
  private final NDManager manager;
  private final NativeArrays arrays = new NativeArrays();
  private float[][] gradients = {};

  NativePasses(TrainingObjective objective) {
    this.objective = objective;
    // One computation thread: it is as fast for matrices of this size, and sums in one order.
    setUnlessSet("ai.djl.pytorch.num_threads", "1");
    // The native library comes from the class path or not at all.
    setUnlessSet("ai.djl.offline", "true");
    engine = Engine.getEngine("PyTorch");
    manager = engine.newBaseManager();
  }

  private static void setUnlessSet(String property, String value) {
    System.setProperty(property, System.getProperty(property, value));
  }

  /**
   * Logits {@code [rows, classes]} as devices would give them, of classifier and heads together.
   */
  float[][] logits(ForwardPass pass, NetworkWeights weights, boolean quantized) {
    try (NDManager step = manager.newSubManager()) {
      return network(step, pass, weights, quantized).run(null).outputs().deployed();
    }
  }

  /** The same, with the word vectors moved along the gradient of these settings' loss. */
  float[][] movedLogits(
      ForwardPass pass,
      NetworkWeights weights,
      TrainingBatch batch,
      StepSettings settings,
      Consistency consistency) {
    float[] gradient = vectorGradient(pass, weights, batch, settings);
    try (NDManager step = manager.newSubManager()) {
      Network network = network(step, pass, weights, settings.quantized());
      return network.run(network.shift(gradient, consistency)).outputs().deployed();
    }
  }

  /** The sum of the rows' losses by each of the batch's word vectors, {@code [vectors, width]}. */
  float[] vectorGradient(
      ForwardPass pass, NetworkWeights weights, TrainingBatch batch, StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Network network = network(step, pass, weights, settings.quantized());
      NDArray noShift = network.noShift();
      Network.Run run = network.run(noShift);
      BatchLoss loss = BatchLoss.of(run.outputs(), batch, settings, objective);
      collector.backward(run.surrogate(loss.gradients()));
      float[] gradient = noShift.getGradient().toFloatArray();
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= batch.rows();
      }
      return gradient;
    } finally {
      COLLECTING.unlock();
    }
  }

  /** Scores a batch and takes the gradients of its loss by all weights. */
  StepGradients gradients(
      ForwardPass pass, NetworkWeights weights, TrainingBatch batch, StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Network network = network(step, pass, weights, settings.quantized());
      network.requireGradients();
      NDArray noShift = objective.consistency().isOn() ? network.noShift() : null;
      Network.Run run = network.run(noShift);
      Outputs answers = run.outputs();
      BatchLoss loss = BatchLoss.of(answers, batch, settings, objective);
      // Its gradients with respect to the outputs are the loss's own, computed in Java.
      collector.backward(run.surrogate(loss.gradients()));
      // A student that answers with anything but numbers is refused by the engine.
      if (noShift != null && Double.isFinite(loss.minimized())) {
        float[] gradient = noShift.getGradient().toFloatArray();
        Network.Run moved = network.run(network.shift(gradient, objective.consistency()));
        ConsistencyLoss consistency =
            ConsistencyLoss.of(answers, moved.outputs(), batch, settings, objective);
        collector.backward(moved.surrogate(consistency.gradients()));
        loss = loss.with(consistency, objective.consistency().weight());
      }
      float[][] deployed = answers.deployed();
      return new StepGradients(
          scores(batch, Origin.LIVE, deployed),
          scores(batch, Origin.REPLAYED, deployed),
          loss,
          EntropyGap.of(batch.live(deployed), batch.live(batch.targets()), settings.temperature()),
          denseGradients(network, weights.layout()),
          network.rowsGradient(),
          network.headGradients());
    } finally {
      COLLECTING.unlock();
    }
  }

  /** In arrays that serve every batch: gigabytes of garbage otherwise. */
  private float[][] denseGradients(Network network, DenseLayout layout) {
    List<Parameter> parameters = layout.parameters();
    if (!Arrays.equals(
        Arrays.stream(gradients).mapToInt(array -> array.length).toArray(),
        parameters.stream().mapToInt(Parameter::size).toArray())) {
      gradients = parameters.stream().map(one -> new float[one.size()]).toArray(float[][]::new);
    }
    network.readDenseGradients(gradients);
    return gradients;
  }

  private static List<RowScore> scores(TrainingBatch batch, Origin origin, float[][] deployed) {
    return batch
        .part(origin)
        .map(part -> BatchScore.rows(batch.part(origin, deployed), part))
        .orElse(List.of());
  }

  private Network network(
      NDManager step, ForwardPass pass, NetworkWeights weights, boolean quantized) {
    return new Network(step, arrays, pass, weights, quantized);
  }

  @Override
  public void close() {
    manager.close();
  }
}
