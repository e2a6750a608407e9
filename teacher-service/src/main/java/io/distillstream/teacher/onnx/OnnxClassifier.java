package io.distillstream.teacher.onnx;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherVersion;
import io.distillstream.teacher.onnx.OnnxClassifierSettings.Scores;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A text classifier in ONNX with its tokenizer. Owns both. */
public final class OnnxClassifier implements Teacher {

  /** Probabilities below it are not told apart: binary16 holds its log well. */
  private static final double LEAST = 1e-9;

  private static final double TOLERANCE = 1e-3;

  private final String id;
  private final OnnxClassifierSettings settings;
  private final String version;
  private final LabelSpace labels;
  private final TextTokens tokens;
  private final TokenModel model;
  private final String output;

  private OnnxClassifier(
      String id,
      OnnxClassifierSettings settings,
      String version,
      LabelSpace labels,
      TextTokens tokens,
      TokenModel model,
      String output) {
    this.id = id;
    this.settings = settings;
    this.version = version;
    this.labels = labels;
    this.tokens = tokens;
    this.model = model;
    this.output = output;
  }

  /** The classes, without loading the model. */
  public static LabelSpace labels(OnnxClassifierSettings settings) {
    return LabelNames.read(settings.labels().text(), read(settings.labels()));
  }

  /**
   * Loads a classifier, and runs it once on a text of two words.
   *
   * @param id the teacher's name in soft labels
   * @throws TeacherException if a file is missing or damaged, the model has another number of
   *     classes than there are labels, or its output is not what the settings say
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // The classifier takes both over.
  public static OnnxClassifier open(String id, OnnxClassifierSettings settings) {
    LabelSpace labels = labels(settings);
    byte[] tokenizer = read(settings.tokenizer());
    TextTokens tokens = tokens(settings, tokenizer);
    TokenModel model;
    try {
      model = TokenModel.open("Classifier", settings.model(), settings.threads());
    } catch (TeacherException e) {
      tokens.close();
      throw e;
    }
    String version =
        TeacherVersion.of(
            String.join(
                " ",
                model.sha256(),
                Sha256.hex(tokenizer),
                labels.fingerprint(),
                settings.output(),
                settings.scores().name(),
                Integer.toString(settings.maxTokens())));
    String output = settings.output().isEmpty() ? model.outputs().get(0) : settings.output();
    OnnxClassifier classifier =
        new OnnxClassifier(id, settings, version, labels, tokens, model, output);
    try {
      classifier.tryOut();
    } catch (TeacherException e) {
      classifier.close();
      throw e;
    }
    return classifier;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // Handed on.
  private static TextTokens tokens(OnnxClassifierSettings settings, byte[] file) {
    String name = settings.tokenizer().text();
    return name.endsWith(".txt")
        ? WordPieces.read(name, file, settings.maxTokens())
        : HuggingFaceTokens.read(name, file, settings.maxTokens());
  }

  private static byte[] read(ModelLocation location) {
    try (InputStream in = location.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new TeacherException("%s cannot be read: %s".formatted(location, e), e);
    }
  }

  private void tryOut() {
    if (!model.outputs().contains(output)) {
      throw new TeacherException(
          "%s has no output '%s'; it has %s".formatted(model, output, model.outputs()));
    }
    float[] scores = scores(List.of("two words")).get(0);
    boolean probabilities = true;
    double sum = 0;
    for (float score : scores) {
      probabilities &= score >= 0 && score <= 1 + TOLERANCE;
      sum += score;
    }
    probabilities &= Math.abs(sum - 1) < TOLERANCE;
    if (probabilities != (settings.scores() == Scores.PROBABILITIES)) {
      throw new TeacherException(
          "%s: output '%s' holds %s: set teacher.onnx-classifier.scores = %s"
              .formatted(
                  model,
                  output,
                  probabilities ? "probabilities, not logits" : "no probabilities",
                  probabilities ? "probabilities" : "logits"));
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public LabelSpace labels() {
    return labels;
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("max_tokens", settings.maxTokens());
  }

  /** In tokens. */
  @Override
  public int size(String text) {
    return tokens.encode(text).length;
  }

  @Override
  public List<TeacherAnswer> answers(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    List<TeacherAnswer> answers = new ArrayList<>();
    for (float[] scores : scores(texts)) {
      if (settings.scores() == Scores.PROBABILITIES) {
        for (int c = 0; c < scores.length; c++) {
          scores[c] = (float) Math.log(Math.max(LEAST, scores[c]));
        }
      }
      answers.add(TeacherAnswer.of(scores));
    }
    return answers;
  }

  /** Of each text {@code [classes]}, as the model gives them. */
  private List<float[]> scores(List<String> texts) {
    TokenBatch batch =
        TokenBatch.of(texts.stream().map(tokens::encode).toList(), tokens.paddingId());
    return model.run(batch, output, values -> rows(values, texts.size()));
  }

  private List<float[]> rows(TokenModel.Output values, int texts) {
    long[] expected = {texts, labels.size()};
    if (!Arrays.equals(values.shape(), expected)) {
      throw new TeacherException(
          "%s: output '%s' has the shape %s for %d texts, but there are %d labels in %s"
              .formatted(
                  model,
                  output,
                  Arrays.toString(values.shape()),
                  texts,
                  labels.size(),
                  settings.labels()));
    }
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < texts; row++) {
      float[] scores = new float[labels.size()];
      values.values().get(scores);
      rows.add(scores);
    }
    return rows;
  }

  @Override
  public void close() {
    tokens.close();
    model.close();
  }
}
