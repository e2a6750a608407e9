package io.distillstream.teacher.fit;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.DenseLayer;
import io.distillstream.torch.PyTorch;
import io.distillstream.torch.PyTorchUnavailableException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The trainable twin of {@link ClassifierHead} in DJL, whose exceptions leave as {@link
 * TeacherException}. Owns model and trainer. Not safe for use by several threads, nor beside other
 * training in the same process, whose random numbers it would share.
 */
final class HeadNetwork implements AutoCloseable {
  private final int width;
  private final int classes;
  private final HeadRecipe recipe;

  /**
   * Vectors come with length 1, so their elements are about 1/√width; the network is trained on
   * elements of about 1, and {@link #snapshot} puts this factor into the first layer.
   */
  private final float inputScale;

  private final Model model;
  private final Trainer trainer;

  HeadNetwork(int width, int classes, int steps, HeadRecipe recipe) {
    this.width = width;
    this.classes = classes;
    this.recipe = recipe;
    this.inputScale = (float) Math.sqrt(width);
    this.model = guarded(() -> newModel(classes, recipe));
    try {
      this.trainer = guarded(() -> newTrainer(model, width, steps, recipe));
    } catch (TeacherException e) {
      model.close();
      throw e;
    }
  }

  private static Model newModel(int classes, HeadRecipe recipe) {
    Model model = PyTorch.engine().newModel("head", Device.cpu());
    model.getNDManager().getEngine().setRandomSeed(recipe.seed());
    model.setBlock(
        new SequentialBlock()
            .add(Linear.builder().setUnits(recipe.hiddenUnits()).build())
            .add(Activation::gelu)
            .add(Dropout.builder().optRate(recipe.dropout()).build())
            .add(Linear.builder().setUnits(classes).build()));
    return model;
  }

  private static Trainer newTrainer(Model model, int width, int steps, HeadRecipe recipe) {
    Tracker learningRate =
        Tracker.cosine()
            .setBaseValue(recipe.learningRate())
            .optFinalValue(0)
            .setMaxUpdates(steps)
            .build();
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(new SoftmaxCrossEntropyLoss("loss", 1, -1, false, true))
                .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT)
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(
                    Optimizer.adamW()
                        .optLearningRateTracker(learningRate)
                        .optWeightDecays(recipe.weightDecay())
                        .build()));
    trainer.initialize(new Shape(recipe.batchSize(), width));
    return trainer;
  }

  /**
   * One step of the optimizer.
   *
   * @param vectors {@code [batch, width]}
   * @param labels class of each vector, {@code [batch]}
   * @return the mean loss of the batch before the step
   * @throws TeacherException if the engine fails or the loss is not a number
   */
  double step(float[][] vectors, int[] labels) {
    double loss = guarded(() -> stepUnguarded(vectors, labels));
    if (!Double.isFinite(loss)) {
      throw new TeacherException("Fitting the head diverged: the loss is " + loss);
    }
    return loss;
  }

  private double stepUnguarded(float[][] vectors, int[] labels) {
    try (NDManager batch = trainer.getManager().newSubManager()) {
      NDArray inputs = batch.create(flatten(vectors), new Shape(vectors.length, width));
      NDArray targets = batch.create(smoothed(labels), new Shape(labels.length, classes));
      float loss;
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDList logits = trainer.forward(new NDList(inputs));
        NDArray mean = trainer.getLoss().evaluate(new NDList(targets), logits);
        logits.attach(batch);
        mean.attach(batch);
        collector.backward(mean);
        loss = mean.getFloat();
      }
      trainer.step();
      return loss;
    }
  }

  private float[] flatten(float[][] vectors) {
    float[] flat = new float[vectors.length * width];
    for (int row = 0; row < vectors.length; row++) {
      for (int i = 0; i < width; i++) {
        flat[row * width + i] = vectors[row][i] * inputScale;
      }
    }
    return flat;
  }

  /** Each label's distribution: 1 - s for the class itself, and s spread evenly over all. */
  private float[] smoothed(int[] labels) {
    float[] targets = new float[labels.length * classes];
    Arrays.fill(targets, recipe.labelSmoothing() / classes);
    for (int row = 0; row < labels.length; row++) {
      targets[row * classes + labels[row]] += 1 - recipe.labelSmoothing();
    }
    return targets;
  }

  /** The network as it is now, without dropout. */
  ClassifierHead snapshot(LabelSpace labels, Map<String, String> provenance) {
    ParameterList parameters = model.getBlock().getParameters();
    float[] hidden = values(parameters, 0);
    for (int i = 0; i < hidden.length; i++) {
      hidden[i] *= inputScale;
    }
    return new ClassifierHead(
        labels,
        new DenseLayer(hidden, values(parameters, 1)),
        new DenseLayer(values(parameters, 2), values(parameters, 3)),
        provenance);
  }

  /** Parameters stand in the order of the layers, weight {@code [out, in]} before bias. */
  private static float[] values(ParameterList parameters, int index) {
    return guarded(() -> parameters.get(index).getValue().getArray().toFloatArray());
  }

  /** Names and versions of engine and library, for provenance. */
  String engine() {
    Engine engine = model.getNDManager().getEngine();
    return "%s %s, DJL %s"
        .formatted(engine.getEngineName(), engine.getVersion(), Engine.getDjlVersion());
  }

  private static <T> T guarded(Supplier<T> call) {
    try {
      return call.get();
    } catch (PyTorchUnavailableException e) {
      throw new TeacherException(String.valueOf(e.getMessage()), e);
    } catch (EngineException | IllegalStateException e) {
      throw new TeacherException("The training engine failed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
