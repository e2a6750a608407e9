package io.distillstream.teacher.torch;

import static java.util.stream.Collectors.joining;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.ScoreModel;
import io.distillstream.teacher.classifier.ScoreTable;
import io.distillstream.teacher.classifier.TextClassifier;
import io.distillstream.teacher.classifier.TokenInput;
import io.distillstream.torch.NativeArrays;
import io.distillstream.torch.PyTorch;
import io.distillstream.torch.PyTorchUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A TorchScript module that reads tokens, int64 {@code [batch, tokens]}, by the order of its
 * arguments. PyTorch's exceptions leave as {@link TeacherException}.
 *
 * <p>Owns the module; what a pass takes of native memory ends with the pass. DJL runs it in
 * inference mode and without the graph executor's optimizations, so that the first call computes
 * what the thousandth does. Safe for use by many threads until closed.
 */
public final class TorchScriptModel implements ScoreModel {

  private final String name;
  private final String sha256;
  private final TorchScriptSettings settings;
  private final SelectedOutput output;
  private final Model model;
  private final NativeArrays arrays = new NativeArrays();

  private TorchScriptModel(String name, String sha256, TorchScriptSettings settings, Model model) {
    this.name = name;
    this.sha256 = sha256;
    this.settings = settings;
    this.output = new SelectedOutput(settings.output());
    this.model = model;
  }

  /**
   * Loads a classifier, and tries it out.
   *
   * @param id the teacher's name in soft labels
   * @throws TeacherException as {@link TextClassifier#open}, or if this machine cannot load PyTorch
   */
  @MustBeClosed
  public static TextClassifier open(String id, TorchScriptSettings settings) {
    return TextClassifier.open(id, settings.classifier(), () -> load(settings));
  }

  private static TorchScriptModel load(TorchScriptSettings settings) {
    ModelLocation location = settings.classifier().model();
    String name = "Classifier " + location;
    try {
      Optional<Path> path = location.path();
      if (path.isPresent()) {
        return load(name, path.get(), settings);
      }
      Path copy = Files.createTempFile("classifier", ".pt");
      try (InputStream in = location.open()) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return load(name, copy, settings);
      } finally {
        Files.delete(copy);
      }
    } catch (NoSuchFileException e) {
      throw new TeacherException(name + ": no such file", e);
    } catch (IOException e) {
      throw new TeacherException(name + " cannot be read: " + e, e);
    }
  }

  private static TorchScriptModel load(String name, Path file, TorchScriptSettings settings)
      throws IOException {
    String sha256;
    try (InputStream in = Files.newInputStream(file)) {
      sha256 = Sha256.hex(in);
    }
    Model model;
    try {
      model = PyTorch.engine().newModel("classifier", Device.cpu());
    } catch (PyTorchUnavailableException e) {
      throw new TeacherException(String.valueOf(e.getMessage()), e);
    }
    try {
      // Wherever it was saved, such as on a GPU.
      model.load(file, null, Map.of("mapLocation", "true"));
    } catch (EngineException | MalformedModelException e) {
      model.close();
      throw unloadable(name, file, e);
    } catch (IOException e) {
      model.close();
      throw e;
    }
    return new TorchScriptModel(name, sha256, settings, model);
  }

  private static TeacherException unloadable(String name, Path file, Exception reason)
      throws IOException {
    FileFormat found = FileFormat.of(file);
    return new TeacherException(
        found == FileFormat.TORCH_SCRIPT
            ? "%s cannot be loaded: %s".formatted(name, TorchFailure.reason(reason))
            : "%s: expected a TorchScript file of torch.jit.save, got %s".formatted(name, found),
        reason);
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public String use() {
    return inputs(",") + " " + settings.output();
  }

  private String inputs(String separator) {
    return settings.inputs().stream().map(TokenInput::inputName).collect(joining(separator));
  }

  @Override
  public String output() {
    return output.toString();
  }

  @Override
  public ScoreTable run(TokenBatch batch) {
    try {
      return pass(batch);
    } catch (EngineException | IllegalStateException e) {
      throw new TeacherException(
          "%s failed on a batch of %d texts, %d tokens long, given %s: %s"
              .formatted(name, batch.batch(), batch.length(), inputs(", "), TorchFailure.reason(e)),
          e);
    }
  }

  private ScoreTable pass(TokenBatch batch) {
    List<IValue> inputs = new ArrayList<>();
    try (NDManager pass = model.getNDManager().newSubManager()) {
      for (NDArray array : copies(pass, batch)) {
        inputs.add(IValue.from((PtNDArray) array));
      }
      PtSymbolBlock module = (PtSymbolBlock) model.getBlock();
      try (IValue given = module.forward(inputs.toArray(IValue[]::new))) {
        return table(output.of(given, (PtNDManager) pass, name));
      }
    } finally {
      inputs.forEach(IValue::close);
    }
  }

  private List<NDArray> copies(NDManager pass, TokenBatch batch) {
    synchronized (arrays) {
      return settings.inputs().stream()
          .map(input -> arrays.copy(pass, input.of(batch), new Shape(batch.shape())))
          .toList();
    }
  }

  private ScoreTable table(NDArray scores) {
    if (!scores.getDataType().isFloating()) {
      throw new TeacherException(
          "%s: expected floating-point numbers as %s, got %s"
              .formatted(name, output, scores.getDataType().name().toLowerCase(Locale.ROOT)));
    }
    float[] values = new float[Math.toIntExact(scores.size())];
    // A view, such as a transposed one, is laid out row by row.
    NativeArrays.read(scores.toType(DataType.FLOAT32, false).flatten(), values);
    return new ScoreTable(values, scores.getShape().getShape());
  }

  @Override
  public void close() {
    model.close();
  }

  @Override
  public String toString() {
    return name;
  }
}
