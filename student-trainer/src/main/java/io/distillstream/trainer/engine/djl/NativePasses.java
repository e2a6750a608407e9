package io.distillstream.trainer.engine.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import io.distillstream.torch.NativeArrays;
import io.distillstream.torch.PyTorch;
import io.distillstream.torch.PyTorchUnavailableException;
import io.distillstream.trainer.batch.BatchScore;
import io.distillstream.trainer.batch.Origin;
import io.distillstream.trainer.batch.RowScore;
import io.distillstream.trainer.batch.TrainingBatch;
import io.distillstream.trainer.engine.TrainingStoppedException;
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
import io.distillstream.trainer.student.StudentSpec;
import java.util.ArrayList;
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
  private final long microBatchBytes;
  private final Engine engine;
  private final NDManager manager;
  private final NativeArrays arrays = new NativeArrays();
  private float[][] gradients = {};

  /**
   * @param microBatchBytes of activations that are held at a time, where a text takes no more
   */
  NativePasses(TrainingObjective objective, long microBatchBytes) {
    this.objective = objective;
    this.microBatchBytes = microBatchBytes;
    engine = pyTorch();
    manager = engine.newBaseManager();
  }

  /**
   * @throws TrainingStoppedException if this machine cannot load it, such as for want of a library
   */
  private static Engine pyTorch() {
    try {
      return PyTorch.engine();
    } catch (PyTorchUnavailableException e) {
      throw new TrainingStoppedException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Logits {@code [rows, classes]} as devices would give them, of classifier and heads together.
   */
  float[][] logits(ForwardPass pass, NetworkWeights weights, boolean quantized) {
    try (NDManager step = manager.newSubManager();
        NetworkTexts texts = new Network(step, arrays, weights, quantized).over(pass)) {
      return texts.run(null).outputs().deployed();
    }
  }

  /** The same, with the word vectors moved along the gradient of these settings' loss. */
  float[][] movedLogits(
      StudentSpec spec,
      ForwardPass pass,
      NetworkWeights weights,
      TrainingBatch batch,
      StepSettings settings,
      Consistency consistency) {
    float[] gradient = vectorGradient(spec, pass, weights, batch, settings);
    try (NDManager step = manager.newSubManager();
        NetworkTexts texts = new Network(step, arrays, weights, settings.quantized()).over(pass)) {
      return texts.run(texts.shift(gradient, consistency)).outputs().deployed();
    }
  }

  /** The sum of the rows' losses by each of the batch's word vectors, {@code [vectors, width]}. */
  float[] vectorGradient(
      StudentSpec spec,
      ForwardPass pass,
      NetworkWeights weights,
      TrainingBatch batch,
      StepSettings settings) {
    float[] gradient = new float[pass.vectors().count() * weights.tableWidth()];
    int filled = 0;
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Network network = new Network(step, arrays, weights, settings.quantized());
      for (MicroBatch part : MicroBatch.split(spec, pass, batch, microBatchBytes)) {
        try (NetworkTexts texts = network.over(part.pass())) {
          NDArray noShift = texts.noShift();
          NetworkTexts.Run run = texts.run(noShift);
          BatchLoss loss = BatchLoss.of(run.outputs(), part.batch(), batch, settings, objective);
          collector.backward(run.surrogate(loss.gradients()));
          float[] ofPart = noShift.getGradient().toFloatArray();
          System.arraycopy(ofPart, 0, gradient, filled, ofPart.length);
          filled += ofPart.length;
        }
      }
    } finally {
      COLLECTING.unlock();
    }
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= batch.rows();
    }
    return gradient;
  }

  /**
   * Scores a batch and takes the gradients of its loss by all weights.
   *
   * @param pass over the batch
   */
  StepGradients gradients(
      StudentSpec spec,
      ForwardPass pass,
      NetworkWeights weights,
      TrainingBatch batch,
      StepSettings settings) {
    COLLECTING.lock();
    try (NDManager step = manager.newSubManager();
        GradientCollector collector = engine.newGradientCollector()) {
      Network network = new Network(step, arrays, weights, settings.quantized());
      network.requireGradients();
      RowsGradient rows = new RowsGradient(pass.words(), weights.tableWidth());
      List<Outputs> outputs = new ArrayList<>();
      BatchLoss loss = BatchLoss.ZERO;
      for (MicroBatch part : MicroBatch.split(spec, pass, batch, microBatchBytes)) {
        try (NetworkTexts texts = network.over(part.pass())) {
          NDArray noShift = objective.consistency().isOn() ? texts.noShift() : null;
          NetworkTexts.Run run = texts.run(noShift);
          Outputs answers = run.outputs();
          BatchLoss ofPart = BatchLoss.of(answers, part.batch(), batch, settings, objective);
          // Its gradients with respect to the outputs are the loss's own, computed in Java.
          collector.backward(run.surrogate(ofPart.gradients()));
          // A student that answers with anything but numbers is refused by the engine.
          if (noShift != null && Double.isFinite(ofPart.minimized())) {
            float[] gradient = noShift.getGradient().toFloatArray();
            NetworkTexts.Run moved = texts.run(texts.shift(gradient, objective.consistency()));
            ConsistencyLoss consistency =
                ConsistencyLoss.of(
                    answers, moved.outputs(), part.batch(), batch, settings, objective);
            collector.backward(moved.surrogate(consistency.gradients()));
            ofPart = ofPart.with(consistency, objective.consistency().weight());
          }
          rows.add(part.pass().words(), texts.rowsGradient());
          outputs.add(answers);
          loss = loss.plus(ofPart);
        }
      }
      float[][] deployed = Outputs.concatenated(outputs).deployed();
      return new StepGradients(
          scores(batch, Origin.LIVE, deployed),
          scores(batch, Origin.REPLAYED, deployed),
          loss,
          EntropyGap.of(batch.live(deployed), batch.live(batch.targets()), settings.temperature()),
          denseGradients(network, weights.layout()),
          rows.values(),
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

  @Override
  public void close() {
    manager.close();
  }
}
