package io.distillstream.trainer.start;

import io.distillstream.avro.Checkpoint;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.trainer.checkpoint.StoredCheckpoint;
import io.distillstream.trainer.checkpoint.log.CheckpointAccess;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.parameter.FloatTensor;
import io.distillstream.trainer.parameter.Parameter;
import io.distillstream.trainer.parameter.TableRows;
import io.distillstream.trainer.settings.StudentSettings;
import io.distillstream.trainer.student.StudentSpec;
import io.distillstream.trainer.student.StudentWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;

/**
 * Takes the first weights of a student from another: a state or other safetensors file, an exported
 * ONNX model, or a checkpoint of another model of the pipeline.
 *
 * <p>Weights alone. The student begins a lineage of its own, with its schedules and its count of
 * steps at the start; AdamW's bias correction goes by that count and would blow up moments that
 * came along.
 */
public final class StartingWeights {
  /** Before parameter names in a state's file: what devices get, or else the newest weights. */
  private static final List<String> PREFIXES = List.of("average.", "weights.", "");

  private final StudentSpec spec;
  private final LabelSpace labels;
  private final WordPieceTokenizer tokenizer;
  private final CheckpointAccess access;

  /**
   * @param labels of the student that starts
   * @param tokenizer of the student that starts
   */
  public StartingWeights(
      StudentSpec spec, LabelSpace labels, WordPieceTokenizer tokenizer, CheckpointAccess access) {
    this.spec = spec;
    this.labels = labels;
    this.tokenizer = tokenizer;
    this.access = access;
  }

  /**
   * The weights.
   *
   * @param source a file's name, {@code checkpoint:model} or {@code checkpoint:model/version}
   * @throws TrainingStoppedException naming what does not fit
   */
  public StudentWeights read(String source) {
    Matcher checkpoint = StudentSettings.START_CHECKPOINT.matcher(source);
    try {
      if (checkpoint.matches()) {
        return ofCheckpoint(source, manifest(source, checkpoint));
      }
      return source.endsWith(".onnx") ? ofOnnx(source) : ofSafetensors(source);
    } catch (NoSuchFileException e) {
      throw new TrainingStoppedException("trainer.start-from: there is no file " + source, e);
    } catch (IOException | ModelFormatException | InvalidModelException e) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s cannot be read: %s".formatted(source, e.getMessage()), e);
    }
  }

  private Checkpoint manifest(String source, Matcher checkpoint) {
    String model = checkpoint.group(1);
    String version = checkpoint.group(2);
    List<StoredCheckpoint> all = access.all().checkpoints();
    Optional<Checkpoint> found =
        version == null
            ? access.newest(model)
            : all.stream()
                .filter(one -> one.model().equals(model))
                .filter(one -> one.version() == Long.parseLong(version))
                .map(StoredCheckpoint::manifest)
                .reduce((first, last) -> last);
    return found.orElseThrow(
        () ->
            new TrainingStoppedException(
                "trainer.start-from: %s is not on the log; there are %s"
                    .formatted(
                        source,
                        all.stream()
                            .map(one -> one.model() + "/" + one.version())
                            .distinct()
                            .toList())));
  }

  private StudentWeights ofCheckpoint(String source, Checkpoint manifest) throws IOException {
    requireLabels(source, manifest.getLabelSpace(), manifest.getLabels());
    Map<String, FloatTensor> tensors = access.state(manifest).state().asDeployed().tensors();
    return weights(source, name -> Optional.ofNullable(tensors.get("weights." + name)));
  }

  private StudentWeights ofSafetensors(String source) throws IOException {
    try (Safetensors file = Safetensors.open(Path.of(source))) {
      return weights(
          source,
          name ->
              PREFIXES.stream()
                  .map(prefix -> prefix + name)
                  .filter(file.tensors()::containsKey)
                  .findFirst()
                  .flatMap(found -> tensor(file, found)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Optional<FloatTensor> tensor(Safetensors file, String name) {
    if (!file.tensors().containsKey(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new FloatTensor(extents(file.tensor(name).shape()), file.floats(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StudentWeights ofOnnx(String source) throws IOException {
    OnnxModel model = OnnxModel.read(Path.of(source));
    ModelMetadata metadata = ModelMetadata.fromMap(model.metadata());
    requireLabels(source, metadata.labels().fingerprint(), metadata.labels().labels());
    if (!metadata.tokenizer().vocabulary().equals(tokenizer.vocabulary())) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s has another vocabulary, of %d word pieces; the settings' has %d"
              .formatted(
                  source, metadata.tokenizer().vocabulary().size(), tokenizer.vocabulary().size()));
    }
    return weights(source, name -> model.initializer(name).map(StartingWeights::tensor));
  }

  private static FloatTensor tensor(io.distillstream.onnx.Tensor constant) {
    return new FloatTensor(
        extents(constant.dims()),
        constant.type() == ElementType.INT32 ? floats(constant.longs()) : constant.floats());
  }

  private static float[] floats(long[] integers) {
    float[] values = new float[integers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = integers[i];
    }
    return values;
  }

  /** The tensors of a source, by parameter; its words may share rows of its table. */
  private StudentWeights weights(String source, Function<String, Optional<FloatTensor>> tensors) {
    StudentSpec shared =
        tensors.apply(StudentSpec.EMBEDDING_ROWS).map(rows -> sharing(source, rows)).orElse(spec);
    return new StudentWeights(
        shared, parameter -> fitting(source, parameter, tensors.apply(parameter.name())));
  }

  private StudentSpec sharing(String source, FloatTensor rows) {
    try {
      return spec.withTableRows(TableRows.of(rows));
    } catch (IllegalArgumentException e) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s of %s does not fit: %s"
              .formatted(StudentSpec.EMBEDDING_ROWS, source, e.getMessage()),
          e);
    }
  }

  private void requireLabels(String source, String fingerprint, List<String> names) {
    if (!fingerprint.equals(labels.fingerprint())) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s answers with the labels %s, the settings ask for %s"
              .formatted(source, names, labels.labels()));
    }
  }

  private static int[] extents(List<Long> shape) {
    return shape.stream().mapToInt(Math::toIntExact).toArray();
  }

  private static FloatTensor fitting(
      String source, Parameter parameter, Optional<FloatTensor> found) {
    String expected = Arrays.toString(parameter.shape());
    if (found.isEmpty()) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s lacks %s %s".formatted(source, parameter.name(), expected));
    }
    if (!found.get().hasShape(parameter.shape())) {
      throw new TrainingStoppedException(
          "trainer.start-from: %s of %s has shape %s, the settings ask for %s"
              .formatted(parameter.name(), source, Arrays.toString(found.get().shape()), expected));
    }
    return found.get();
  }
}
