package io.distillstream.teacher.onnx;

import static ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
import static java.util.stream.Collectors.joining;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.classifier.TokenInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An ONNX model that reads {@code input_ids}, {@code attention_mask} and perhaps {@code
 * token_type_ids}, all {@code [batch, tokens]}, int64 or int32.
 *
 * <p>The only class of the teachers that touches ONNX Runtime: its exceptions leave as {@link
 * TeacherException}. Owns the session; the environment is the process's. Safe for use by many
 * threads until closed.
 */
public final class TokenModel implements AutoCloseable {

  private static final List<TokenInput> REQUIRED =
      List.of(TokenInput.INPUT_IDS, TokenInput.ATTENTION_MASK);

  private final String name;
  private final String sha256;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<TokenInput, OnnxJavaType> inputs = new EnumMap<>(TokenInput.class);

  /**
   * A float32 output; valid during the call that it is given to.
   *
   * @param values row-major
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Output(FloatBuffer values, long[] shape) {}

  private TokenModel(String name, String sha256, OrtEnvironment environment, OrtSession session) {
    this.name = name;
    this.sha256 = sha256;
    this.environment = environment;
    this.session = session;
  }

  /**
   * Loads a model.
   *
   * @param kind what it is to messages, such as {@code Encoder}
   * @param threads computation threads of one call
   * @throws TeacherException if it is missing, damaged, or has other inputs
   */
  @MustBeClosed
  public static TokenModel open(String kind, ModelLocation location, int threads) {
    String name = kind + " " + location;
    byte[] file = read(name, location);
    // Native log lines would go to standard error; what fails comes as an exception besides.
    OrtEnvironment environment = OrtEnvironment.getEnvironment(ORT_LOGGING_LEVEL_FATAL);
    try (SessionOptions options = options(threads)) {
      TokenModel model =
          new TokenModel(
              name, Sha256.hex(file), environment, environment.createSession(file, options));
      model.checkInputs();
      return model;
    } catch (OrtException e) {
      throw new TeacherException(name + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  private static SessionOptions options(int threads) throws OrtException {
    SessionOptions options = new SessionOptions();
    options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    // Every batch has another length: a memory plan for one of them never fits the next.
    options.setMemoryPatternOptimization(false);
    // Waiting threads would burn the processors that broker and trainer need.
    options.addConfigEntry("session.intra_op.allow_spinning", "0");
    return options;
  }

  private static byte[] read(String name, ModelLocation location) {
    try (InputStream in = location.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new TeacherException(name + " cannot be read: " + e, e);
    }
  }

  private void checkInputs() throws OrtException {
    Map<String, Object> found = new TreeMap<>();
    for (NodeInfo input : session.getInputInfo().values()) {
      if (input.getInfo() instanceof TensorInfo tensor) {
        found.put(input.getName(), tensor.type);
        TokenInput.named(input.getName()).ifPresent(known -> inputs.put(known, tensor.type));
      } else {
        found.put(input.getName(), input.getInfo());
      }
    }
    if (!inputs.keySet().containsAll(REQUIRED)
        || inputs.size() < found.size()
        || !Set.of(OnnxJavaType.INT64, OnnxJavaType.INT32).containsAll(inputs.values())) {
      session.close();
      throw new TeacherException(
          "%s: expected whole-number inputs %s and perhaps %s, got %s"
              .formatted(
                  name,
                  REQUIRED.stream().map(TokenInput::inputName).collect(joining(", ")),
                  TokenInput.TOKEN_TYPE_IDS.inputName(),
                  found));
    }
  }

  /** SHA-256 of the file, in hexadecimal. */
  public String sha256() {
    return sha256;
  }

  /** The names of all outputs, in the model's order. */
  public List<String> outputs() {
    return List.copyOf(session.getOutputNames());
  }

  /**
   * Runs one batch.
   *
   * @param output of the model that is wanted
   * @param reading makes what is returned of it
   * @throws TeacherException if the model fails, or the output holds no float32 values
   */
  public <T> T run(TokenBatch batch, String output, Function<Output, T> reading) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    try {
      for (TokenInput input : inputs.keySet()) {
        tensors.put(input.inputName(), tensor(input, batch));
      }
      try (OrtSession.Result result = session.run(tensors, Set.of(output))) {
        return reading.apply(values(result.get(0)));
      }
    } catch (OrtException e) {
      throw new TeacherException(
          "%s failed on a batch of %d texts, %d tokens long: %s"
              .formatted(name, batch.batch(), batch.length(), e.getMessage()),
          e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(TokenInput input, TokenBatch batch) throws OrtException {
    long[] values = input.of(batch);
    if (inputs.get(input) == OnnxJavaType.INT32) {
      int[] narrow = Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
      return OnnxTensor.createTensor(environment, IntBuffer.wrap(narrow), batch.shape());
    }
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), batch.shape());
  }

  private Output values(OnnxValue value) {
    FloatBuffer values = value instanceof OnnxTensor tensor ? tensor.getFloatBuffer() : null;
    if (values == null) {
      throw new TeacherException(
          "%s: expected an output of float32, got %s".formatted(name, value.getInfo()));
    }
    return new Output(values, ((OnnxTensor) value).getInfo().getShape());
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new TeacherException(name + " cannot be closed", e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
