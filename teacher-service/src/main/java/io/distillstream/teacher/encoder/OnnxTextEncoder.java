package io.distillstream.teacher.encoder;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TokenizedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns texts into vectors of length 1: an ONNX encoder, the mean over each text's tokens, and L2
 * normalisation (Reimers and Gurevych 2019, section 3).
 *
 * <p>The only class of the teachers that touches ONNX Runtime: its exceptions leave as {@link
 * TeacherException}. Owns the session; the environment is the process's. Safe for use by many
 * threads until closed.
 */
public final class OnnxTextEncoder implements AutoCloseable {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";

  private final EncoderSettings settings;
  private final WordPieceTokenizer tokenizer;
  private final String sha256;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final boolean takesTypes;

  private OnnxTextEncoder(
      EncoderSettings settings,
      WordPieceTokenizer tokenizer,
      String sha256,
      OrtEnvironment environment,
      OrtSession session) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.sha256 = sha256;
    this.environment = environment;
    this.session = session;
    this.takesTypes = session.getInputNames().contains(TYPES);
  }

  /**
   * Loads model and tokenizer.
   *
   * @throws TeacherException if one of them is missing, damaged or of another kind
   */
  @MustBeClosed
  public static OnnxTextEncoder open(EncoderSettings settings) {
    byte[] model = readModel(settings.model());
    WordPieceTokenizer tokenizer = readTokenizer(settings.tokenizer());
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (SessionOptions options = options(settings.threads())) {
      OrtSession session = environment.createSession(model, options);
      Set<String> inputs = session.getInputNames();
      if (!inputs.containsAll(Set.of(IDS, MASK)) || !Set.of(IDS, MASK, TYPES).containsAll(inputs)) {
        session.close();
        throw new TeacherException(
            "Encoder %s: expected inputs %s, %s and perhaps %s, got %s"
                .formatted(settings.model(), IDS, MASK, TYPES, inputs));
      }
      return new OnnxTextEncoder(settings, tokenizer, Sha256.hex(model), environment, session);
    } catch (OrtException e) {
      throw new TeacherException(
          "Encoder %s cannot be loaded: %s".formatted(settings.model(), e.getMessage()), e);
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

  private static byte[] readModel(ModelLocation location) {
    try (InputStream in = location.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new TeacherException("Encoder %s cannot be read: %s".formatted(location, e), e);
    }
  }

  private static WordPieceTokenizer readTokenizer(ModelLocation location) {
    try (InputStream in = location.open()) {
      return WordPieceTokenizer.fromTokenizerJson(in);
    } catch (IOException | ModelFormatException e) {
      throw new TeacherException("Tokenizer %s cannot be read: %s".formatted(location, e), e);
    }
  }

  public EncoderSettings settings() {
    return settings;
  }

  /** SHA-256 of the model file, in hexadecimal. */
  public String sha256() {
    return sha256;
  }

  public WordPieceTokenizer tokenizer() {
    return tokenizer;
  }

  /** The text cut to {@link EncoderSettings#maxTokens()}. */
  public TokenizedText tokenize(String text) {
    return new TokenizedText(tokenizer.encode(text, settings.maxTokens()));
  }

  /**
   * Encodes one batch, padded to its longest text.
   *
   * @return float32 {@code [texts, width]}, each row of length 1
   * @throws TeacherException if the model fails
   */
  public float[][] encode(List<TokenizedText> texts) {
    if (texts.isEmpty()) {
      return new float[0][];
    }
    TokenBatch batch =
        TokenBatch.of(texts.stream().map(TokenizedText::ids).toList(), tokenizer.paddingId());
    try (OnnxTensor ids = tensor(batch.ids(), batch);
        OnnxTensor mask = tensor(batch.mask(), batch);
        OnnxTensor types = tensor(new long[batch.ids().length], batch)) {
      Map<String, OnnxTensor> inputs = new HashMap<>(Map.of(IDS, ids, MASK, mask));
      if (takesTypes) {
        inputs.put(TYPES, types);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        return pool(texts, batch, hiddenStates(result));
      }
    } catch (OrtException e) {
      throw new TeacherException(
          "Encoder %s failed on a batch of %d texts, %d tokens long: %s"
              .formatted(settings.model(), batch.batch(), batch.length(), e.getMessage()),
          e);
    }
  }

  private OnnxTensor tensor(long[] values, TokenBatch batch) throws OrtException {
    return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), batch.shape());
  }

  private FloatBuffer hiddenStates(OrtSession.Result result) {
    FloatBuffer hidden =
        result.get(0) instanceof OnnxTensor tensor && tensor.getInfo().getShape().length == 3
            ? tensor.getFloatBuffer()
            : null;
    if (hidden == null) {
      throw new TeacherException(
          "Encoder %s: expected float32 [batch, tokens, width], got %s"
              .formatted(settings.model(), result.get(0).getInfo()));
    }
    return hidden;
  }

  /** Sums the tokens of each text in {@code hidden [batch, length, width]}, padding left out. */
  private static float[][] pool(List<TokenizedText> texts, TokenBatch batch, FloatBuffer hidden) {
    int width = hidden.capacity() / (batch.batch() * batch.length());
    float[][] vectors = new float[batch.batch()][width];
    float[] token = new float[width];
    for (int row = 0; row < vectors.length; row++) {
      float[] sum = vectors[row];
      hidden.position(row * batch.length() * width);
      for (int i = texts.get(row).length(); i > 0; i--) {
        hidden.get(token);
        for (int j = 0; j < width; j++) {
          sum[j] += token[j];
        }
      }
      normalize(sum);
    }
    return vectors;
  }

  /** The mean's divisor cancels out here, so the sum will do. */
  private static void normalize(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += value * value;
    }
    float scale = (float) (1 / Math.max(Math.sqrt(squares), 1e-12));
    for (int j = 0; j < vector.length; j++) {
      vector[j] *= scale;
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new TeacherException("Encoder %s cannot be closed".formatted(settings.model()), e);
    }
  }
}
