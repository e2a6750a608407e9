package io.distillstream.teacher.classifier;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.foundation.Sha256;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.TokenBatch;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.TeacherVersion;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A classifier of texts with its tokenizer. Owns both. Closing waits for the calls that run, so
 * that neither the native memory nor the process goes under one.
 */
public final class TextClassifier implements Teacher {

  /** Probabilities below it are not told apart: binary16 holds its log well. */
  private static final double LEAST = 1e-9;

  private final String id;
  private final ClassifierSettings settings;
  private final String version;
  private final LabelSpace labels;
  private final TextTokens tokens;
  private final ScoreModel model;

  /** Held for reading while tokenizer or model run. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  private TextClassifier(
      String id,
      ClassifierSettings settings,
      String version,
      LabelSpace labels,
      TextTokens tokens,
      ScoreModel model) {
    this.id = id;
    this.settings = settings;
    this.version = version;
    this.labels = labels;
    this.tokens = tokens;
    this.model = model;
  }

  /** The classes, without loading the model. */
  public static LabelSpace labels(ClassifierSettings settings) {
    return LabelNames.read(settings.labels().text(), read(settings.labels()));
  }

  /**
   * Loads a classifier, and runs it on a few words.
   *
   * @param id the teacher's name in soft labels
   * @param models loads the model
   * @throws TeacherException if a file is missing or damaged, the model has another number of
   *     classes than there are labels, or its output is not what the settings say
   */
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // The classifier takes both over.
  public static TextClassifier open(
      String id, ClassifierSettings settings, Supplier<? extends ScoreModel> models) {
    LabelSpace labels = labels(settings);
    byte[] tokenizer = read(settings.tokenizer());
    TextTokens tokens = tokens(settings, tokenizer);
    ScoreModel model;
    try {
      model = models.get();
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
                model.use(),
                settings.scores().name(),
                Integer.toString(settings.maxTokens())));
    TextClassifier classifier = new TextClassifier(id, settings, version, labels, tokens, model);
    try {
      new Probe(settings, model).check(classifier::scores);
    } catch (TeacherException e) {
      classifier.close();
      throw e;
    }
    return classifier;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // Handed on.
  private static TextTokens tokens(ClassifierSettings settings, byte[] file) {
    String name = settings.tokenizer().text();
    return name.endsWith(".txt")
        ? WordPieces.read(name, file, settings.maxTokens())
        : HuggingFaceTokens.read(name, file, settings.maxTokens());
  }

  private static byte[] read(ModelLocation location) {
    try (InputStream in = location.open()) {
      return in.readAllBytes();
    } catch (NoSuchFileException e) {
      throw new TeacherException(location + ": no such file", e);
    } catch (IOException e) {
      throw new TeacherException("%s cannot be read: %s".formatted(location, e), e);
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
    return running(() -> tokens.encode(text).length);
  }

  @Override
  public List<TeacherAnswer> answers(List<String> texts) {
    if (texts.isEmpty()) {
      return List.of();
    }
    List<TeacherAnswer> answers = new ArrayList<>();
    for (float[] scores : running(() -> scores(texts))) {
      if (settings.scores() == Scores.PROBABILITIES) {
        for (int c = 0; c < scores.length; c++) {
          scores[c] = (float) Math.log(Math.max(LEAST, scores[c]));
        }
      }
      answers.add(TeacherAnswer.of(scores));
    }
    return answers;
  }

  private <T> T running(Supplier<T> call) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new TeacherException(model + " is closed");
      }
      return call.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Of each text {@code [classes]}, as the model gives them. */
  private List<float[]> scores(List<String> texts) {
    ScoreTable table =
        model.run(TokenBatch.of(texts.stream().map(tokens::encode).toList(), tokens.paddingId()));
    if (!table.isOf(texts.size(), labels.size())) {
      throw new TeacherException(
          "%s: %s has the shape %s for %d texts, but there are %d labels in %s"
              .formatted(
                  model,
                  model.output(),
                  Arrays.toString(table.shape()),
                  texts.size(),
                  labels.size(),
                  settings.labels()));
    }
    return table.rows();
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        tokens.close();
        model.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
