package io.distillstream.teacher.encoder;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.model.WordPieceTokenizer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.onnx.TokenModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Turns texts into vectors of length 1: an ONNX encoder, the mean over each text's tokens, and L2
 * normalisation (Reimers and Gurevych 2019, section 3).
 *
 * <p>Owns the model. Safe for use by many threads until closed.
 */
public final class OnnxTextEncoder implements AutoCloseable {
  private final EncoderSettings settings;
  private final WordPieceTokenizer tokenizer;
  private final TokenModel model;
  private final String hiddenStates;

  private OnnxTextEncoder(
      EncoderSettings settings, WordPieceTokenizer tokenizer, TokenModel model) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    this.model = model;
    this.hiddenStates = model.outputs().get(0);
  }

  /**
   * Loads model and tokenizer.
   *
   * @throws TeacherException if one of them is missing, damaged or of another kind
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // The encoder takes the model over.
  public static OnnxTextEncoder open(EncoderSettings settings) {
    WordPieceTokenizer tokenizer = readTokenizer(settings.tokenizer());
    return new OnnxTextEncoder(
        settings, tokenizer, TokenModel.open("Encoder", settings.model(), settings.threads()));
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
    return model.sha256();
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
    return model.run(batch, hiddenStates, output -> pool(texts, batch, hidden(output)));
  }

  private FloatBuffer hidden(TokenModel.Output output) {
    if (output.shape().length != 3) {
      throw new TeacherException(
          "%s: expected float32 [batch, tokens, width], got %s"
              .formatted(model, Arrays.toString(output.shape())));
    }
    return output.values();
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
    model.close();
  }
}
