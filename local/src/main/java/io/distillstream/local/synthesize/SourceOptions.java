package io.distillstream.local.synthesize;

import io.distillstream.foundation.Sha256;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.synthesize.text.TextLength;
import io.distillstream.local.synthesize.text.VocabularyTexts;
import io.distillstream.local.synthesize.text.VocabularyWords;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.kind.OpenAiWriting;
import io.distillstream.teacher.kind.TeacherSpec;
import io.distillstream.teacher.openai.WritingPrompt;
import io.distillstream.teacher.openai.WritingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that say what texts are made of. */
final class SourceOptions {

  private static final int MOST_STEPS = 1_000;

  /** Who makes the texts. */
  enum By {
    VOCABULARY,
    LANGUAGE_MODEL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Option(
      names = "--by",
      paramLabel = "SOURCE",
      converter = ByName.class,
      description =
          "vocabulary: words of a tokenizer's vocabulary; language-model: the server of"
              + " teacher.openai.* writes texts for each label (default: ${DEFAULT-VALUE}).")
  private By by = By.VOCABULARY;

  @Option(
      names = "--vocabulary",
      paramLabel = "LOCATION",
      description =
          "The tokenizer.json whose words texts are made of, or a file with a word a line (default:"
              + " the tokenizer of the teacher in the settings, else trainer.tokenizer).")
  private @Nullable String vocabulary;

  @Option(
      names = "--min-words",
      description = "The shortest text, in words of the vocabulary (default: ${DEFAULT-VALUE}).")
  private int minWords = DEFAULT_LENGTH.least();

  @Option(
      names = "--max-words",
      description = "The longest text, in words of the vocabulary (default: ${DEFAULT-VALUE}).")
  private int maxWords = DEFAULT_LENGTH.most();

  @Option(
      names = "--climb",
      paramLabel = "STEPS",
      description =
          "Steps by which each text of the vocabulary is changed towards what makes the teacher sure"
              + " of a label that has had few texts; each is another question to it (default:"
              + " ${DEFAULT-VALUE}).")
  private int climb = DEFAULT_CLIMB;

  @Option(
      names = "--prompt-file",
      paramLabel = "FILE",
      description =
          "What the language model is asked instead: {label} and {labels}, {count} texts, {words} of"
              + " the vocabulary.")
  private @Nullable Path promptFile;

  @Option(
      names = "--seed",
      description =
          "Names the run: started again, it goes on; another seed makes other texts (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed = 1;

  /** Of a text when nothing else is said. */
  static final TextLength DEFAULT_LENGTH = new TextLength(2, 16);

  /** How much frequent words are preferred: a little, since rare ones tell most. */
  static final double DEFAULT_EXPONENT = 0.5;

  /** Few, since each costs the teacher an answer. */
  static final int DEFAULT_CLIMB = 3;

  By by() {
    return by;
  }

  /** Tells what is wrong before anybody is asked for anything. */
  void check(Settings settings) {
    switch (by) {
      case VOCABULARY -> {
        if (climb < 0 || climb > MOST_STEPS) {
          throw new CommandFailedException(
              "--climb %d: expected 0 to %d".formatted(climb, MOST_STEPS));
        }
        length();
        words(settings);
      }
      case LANGUAGE_MODEL -> writing(settings);
    }
  }

  /** The run's name, which its request ids begin with. */
  String run() {
    return "synthetic-%s-%d".formatted(by, seed);
  }

  /**
   * Texts of a vocabulary.
   *
   * @param asked whether the teacher is, by which they may be steered
   * @param next number of the run's first text
   */
  VocabularyTexts vocabularyTexts(Settings settings, boolean asked, long next) {
    return new VocabularyTexts(
        words(settings), DEFAULT_EXPONENT, length(), asked ? climb : 0, start(next));
  }

  private TextLength length() {
    try {
      return new TextLength(minWords, maxWords);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--min-words, --max-words: " + e.getMessage(), e);
    }
  }

  /** A seed for what comes from there on: a run that goes on must not repeat itself. */
  long start(long next) {
    return Sha256.leadingLong(LoggedRun.id(run(), next));
  }

  /** The words of the vocabulary that the options name. */
  List<String> words(Settings settings) {
    if (vocabulary != null) {
      return VocabularyWords.read(location(vocabulary));
    }
    return VocabularyWords.read(
        TeacherSpec.from(settings).files().entrySet().stream()
            .filter(file -> file.getKey().endsWith(".tokenizer"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(
                () ->
                    new ModelLocation(
                        String.valueOf(AllSettings.value(settings, "trainer.tokenizer")))));
  }

  private static ModelLocation location(String text) {
    try {
      return new ModelLocation(text);
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException("--vocabulary: " + e.getMessage(), e);
    }
  }

  /** The language model that writes. */
  WritingSettings writing(Settings settings) {
    return OpenAiWriting.from(settings, prompt());
  }

  private WritingPrompt prompt() {
    if (promptFile == null) {
      return WritingPrompt.STANDARD;
    }
    try {
      return new WritingPrompt(Files.readString(promptFile));
    } catch (IllegalArgumentException e) {
      throw new CommandFailedException(
          "--prompt-file %s: %s".formatted(promptFile, e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandFailedException(
          "--prompt-file %s cannot be read: %s".formatted(promptFile, e), e);
    }
  }

  /** As it is printed. */
  static final class ByName implements ITypeConverter<By> {
    @Override
    public By convert(String value) {
      for (By known : By.values()) {
        if (known.toString().equalsIgnoreCase(value)) {
          return known;
        }
      }
      throw new TypeConversionException(
          "expected vocabulary or language-model, got '%s'".formatted(value));
    }
  }
}
