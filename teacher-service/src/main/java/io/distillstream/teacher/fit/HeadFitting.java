package io.distillstream.teacher.fit;

import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.encoder.ClassifierHead;
import io.distillstream.teacher.encoder.HeadFile;
import io.distillstream.teacher.encoder.OnnxTextEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Fits a classifier head on a frozen encoder and a file of labelled texts.
 *
 * <p>The recipe runs twice: once without the validation split, which then says how good such a head
 * is, and once on all examples, which gives the head that is written. The same file, settings and
 * seed give the same head on the same kind of processor.
 */
public final class HeadFitting {
  private static final int MIN_EXAMPLES = 10;

  private final FitSettings settings;
  private final Consumer<String> progress;

  private HeadFitting(FitSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Reads {@code labelled}, encodes and fits, and writes the head to {@code out}.
   *
   * @param labelled see {@link LabelledFile}; at least 10 examples of at least 2 classes
   * @param progress takes one line at a time, on the calling thread
   * @throws LabelledFileException if the examples cannot be read or are too few
   * @throws TeacherException if the encoder or the training engine fails, or {@code out} cannot be
   *     written
   */
  public static FittedHead fit(
      FitSettings settings, Path labelled, Path out, Consumer<String> progress) {
    List<LabelledExample> examples = LabelledFile.read(labelled);
    LabelSpace labels = labels(labelled, examples);
    try (OnnxTextEncoder encoder = OnnxTextEncoder.open(settings.encoder())) {
      HeadFitting fitting = new HeadFitting(settings, progress);
      progress.accept(
          "Fitting a head on %d texts of %d classes".formatted(examples.size(), labels.size()));
      EncodedExamples encoded =
          EncodedExamples.encode(encoder, examples, labels, settings.encodingBatch(), progress);
      return fitting.fit(encoded, fitting.origin(encoder, labelled), out);
    }
  }

  private static LabelSpace labels(Path labelled, List<LabelledExample> examples) {
    List<String> labels =
        examples.stream().map(LabelledExample::label).distinct().sorted().toList();
    if (examples.size() < MIN_EXAMPLES || labels.size() < 2) {
      throw new LabelledFileException(
          labelled,
          "expected at least %d examples of at least 2 classes, got %d of %s"
              .formatted(MIN_EXAMPLES, examples.size(), labels));
    }
    return new LabelSpace(labels);
  }

  private FittedHead fit(EncodedExamples examples, Map<String, String> origin, Path out) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
    Collections.shuffle(order, new Random(settings.recipe().seed()));
    int held = (int) Math.ceil(order.size() * settings.validationShare());
    EncodedExamples validation = examples.select(order.subList(0, held));
    EncodedExamples rest = examples.select(order.subList(held, order.size()));

    progress.accept("Measuring the recipe on %d examples kept apart".formatted(held));
    double accuracy =
        validation.accuracy(
            train(
                rest,
                origin,
                epoch -> ", validation accuracy %.4f".formatted(validation.accuracy(epoch))));
    progress.accept("Fitting on all %d examples".formatted(examples.size()));
    Map<String, String> provenance = new TreeMap<>(origin);
    provenance.put("examples", String.valueOf(examples.size()));
    provenance.put("validation-examples", String.valueOf(held));
    provenance.put("validation-accuracy", String.format(Locale.ROOT, "%.4f", accuracy));
    ClassifierHead head = train(examples, provenance, epoch -> "");
    String sha256 = write(head, out);
    progress.accept("Wrote %s; validation accuracy %.4f".formatted(out, accuracy));
    return new FittedHead(examples.size(), examples.labels().size(), accuracy, sha256);
  }

  private ClassifierHead train(
      EncodedExamples training,
      Map<String, String> provenance,
      Function<ClassifierHead, String> remark) {
    HeadRecipe recipe = settings.recipe();
    int batches = (training.size() + recipe.batchSize() - 1) / recipe.batchSize();
    List<Integer> order = new ArrayList<>(IntStream.range(0, training.size()).boxed().toList());
    Random random = new Random(recipe.seed());
    try (HeadNetwork network =
        new HeadNetwork(
            training.width(), training.labels().size(), batches * recipe.epochs(), recipe)) {
      Map<String, String> complete = new TreeMap<>(provenance);
      complete.put("engine", network.engine());
      for (int epoch = 1; epoch <= recipe.epochs(); epoch++) {
        Collections.shuffle(order, random);
        double loss = 0;
        for (int from = 0; from < order.size(); from += recipe.batchSize()) {
          EncodedExamples batch =
              training.select(
                  order.subList(from, Math.min(order.size(), from + recipe.batchSize())));
          loss += network.step(batch.vectors(), batch.classes()) * batch.size() / order.size();
        }
        progress.accept(
            "Epoch %d of %d: loss %.4f%s"
                .formatted(
                    epoch,
                    recipe.epochs(),
                    loss,
                    remark.apply(network.snapshot(training.labels(), complete))));
      }
      return network.snapshot(training.labels(), complete);
    }
  }

  /** What is known before the fit; nothing that differs from run to run. */
  private Map<String, String> origin(OnnxTextEncoder encoder, Path labelled) {
    HeadRecipe recipe = settings.recipe();
    Map<String, String> origin = new TreeMap<>();
    origin.put(HeadFile.ENCODER_SHA256, encoder.sha256());
    origin.put("labelled-sha256", digest(labelled));
    origin.put("max-tokens", String.valueOf(settings.encoder().maxTokens()));
    origin.put("hidden-units", String.valueOf(recipe.hiddenUnits()));
    origin.put("batch-size", String.valueOf(recipe.batchSize()));
    origin.put("epochs", String.valueOf(recipe.epochs()));
    origin.put("learning-rate", String.valueOf(recipe.learningRate()));
    origin.put("weight-decay", String.valueOf(recipe.weightDecay()));
    origin.put("dropout", String.valueOf(recipe.dropout()));
    origin.put("label-smoothing", String.valueOf(recipe.labelSmoothing()));
    origin.put("seed", String.valueOf(recipe.seed()));
    return origin;
  }

  private static String digest(Path labelled) {
    try (InputStream in = Files.newInputStream(labelled)) {
      return Sha256.hex(in);
    } catch (IOException e) {
      throw new LabelledFileException(labelled, "it cannot be read again: " + e.getMessage());
    }
  }

  private static String write(ClassifierHead head, Path out) {
    try {
      HeadFile.write(head, out);
    } catch (IOException e) {
      throw new TeacherException("Head %s cannot be written: %s".formatted(out, e), e);
    }
    return HeadFile.read(new ModelLocation(out.toString())).sha256();
  }
}
