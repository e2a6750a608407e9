package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentFamily;
import io.distillstream.trainer.student.StudentShape;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The student before the first record. Locations are files, or {@code classpath:/} and a resource.
 *
 * @param shape of the network
 * @param maxTokens longest text, in word pieces
 * @param seed of the first weights
 * @param startFrom where the first weights come from; empty for the start that follows
 * @param encoder ONNX model whose word table the PCA start is made from
 * @param encoderTokenizer names the rows of that table
 * @param tokenizer a {@code tokenizer.json} of BERT's uncased kind
 * @param labels a teacher's head or a text file with one label per line
 * @param labelNames the labels themselves; where not empty they stand in for {@code labels}
 */
public record StudentSettings(
    Shape shape,
    int maxTokens,
    EmbeddingStart embeddingStart,
    String startFrom,
    long seed,
    String encoder,
    String encoderTokenizer,
    String tokenizer,
    String labels,
    List<String> labelNames) {

  /** What to do where the checkpoints are another student's; the stages must agree on its name. */
  public static final String ELSEWHERE =
      "give the new student another name in trainer.model, quantizer.model and monitor.model, or"
          + " start with another data.folder (local) or pipeline.name (cluster)";

  /** A {@link #startFrom()} that is a checkpoint of another model, perhaps of a version. */
  public static final Pattern START_CHECKPOINT =
      Pattern.compile("checkpoint:([a-z0-9-]+)(?:/([1-9][0-9]*))?");

  /** What the word vectors are before the first record. */
  public enum EmbeddingStart {
    PCA,
    RANDOM
  }

  /**
   * What the network looks like; −1 stands for what the size says.
   *
   * @param positions whether a transformer learns a vector per position
   * @param buckets of hashed bigrams in a bag of n-grams
   */
  record Shape(
      StudentFamily family,
      StudentSize size,
      int width,
      int blocks,
      int heads,
      int feedForward,
      boolean positions,
      int buckets) {}

  private static final String AS_SIZE = "; -1: as trainer.size says.";

  private static final String FAMILIES =
      "one of " + classifiers().map(StudentSettings::hyphenated).collect(Collectors.joining(", "));
  private static final Setting<StudentFamily> FAMILY =
      new Setting<>(
          "trainer.family",
          hyphenated(StudentFamily.TRANSFORMER),
          FAMILIES,
          classifiers()
              .map(StudentFamily::description)
              .collect(Collectors.joining(", or ", "Network: ", ".")),
          /* secret= */ false,
          StudentSettings::family);
  private static final Setting<StudentSize> SIZE =
      Setting.oneOf(
          "trainer.size",
          StudentSize.SMALL,
          "Width × blocks of a transformer: tiny 64 × 1, small 128 × 2, base 256 × 4, large 512 ×"
              + " 24; of a bag of n-grams the width alone.");
  private static final Setting<Integer> WIDTH =
      Setting.integer("trainer.width", -1, "Width of the student's vectors" + AS_SIZE)
          .between(-1, 8_192);
  private static final Setting<Integer> BLOCKS =
      Setting.integer("trainer.blocks", -1, "Attention and feed-forward blocks" + AS_SIZE)
          .between(-1, 64);
  private static final Setting<Integer> HEADS =
      Setting.integer("trainer.heads", -1, "Attention heads per block; divides the width" + AS_SIZE)
          .between(-1, 256);
  private static final Setting<Integer> FEED_FORWARD =
      Setting.integer("trainer.feed-forward", -1, "Inner width of the feed-forward parts" + AS_SIZE)
          .between(-1, 65_536);
  private static final Setting<Integer> MAX_TOKENS =
      Setting.integer("trainer.max-tokens", 64, "Longest text, in word pieces; the rest is cut.")
          .between(2, 8_192);
  private static final Setting<Boolean> POSITIONS =
      Setting.flag("trainer.positions", false, "Whether a vector per position is learned.");
  private static final Setting<Integer> BUCKETS =
      Setting.integer(
              "trainer.ngram-buckets",
              NgramSpec.STANDARD_BUCKETS,
              "Vectors that the pairs of a bag of n-grams are hashed to.")
          .between(1, 10_000_000);
  private static final Setting<EmbeddingStart> EMBEDDING_START =
      Setting.oneOf(
          "trainer.embedding-start",
          EmbeddingStart.PCA,
          "Whether word vectors start from the encoder's by PCA, or at random.");
  private static final Setting<String> START_FROM =
      Setting.text(
              "trainer.start-from",
              "",
              "First weights of a model without checkpoints: a state (.safetensors), an exported"
                  + " model (.onnx), or checkpoint:MODEL or checkpoint:MODEL/VERSION.")
          .accepting(
              "a .safetensors or .onnx file, checkpoint:MODEL or checkpoint:MODEL/VERSION",
              source -> source.isEmpty() || isStart(source));
  private static final Setting<Long> SEED =
      Setting.count("trainer.seed", 42, "Of the first weights.")
          .between(Long.MIN_VALUE, Long.MAX_VALUE);
  private static final Setting<String> ENCODER =
      Setting.text(
          "trainer.encoder",
          "classpath:/all-minilm-l6-v2.onnx",
          "ONNX encoder whose word table the PCA start is made from: a file, or classpath:/ and a"
              + " resource.");
  private static final Setting<String> ENCODER_TOKENIZER =
      Setting.text(
          "trainer.encoder-tokenizer",
          "classpath:/all-minilm-l6-v2-tokenizer.json",
          "The encoder's tokenizer.json, in which the student's word pieces are looked up.");
  private static final Setting<String> TOKENIZER =
      Setting.text(
          "trainer.tokenizer",
          "classpath:/all-minilm-l6-v2-tokenizer.json",
          "The tokenizer.json of the student, perhaps trimmed by './distillstream vocabulary': a"
              + " file, or classpath:/ and a resource.");
  private static final Setting<String> LABELS =
      Setting.text(
          "trainer.labels",
          "classpath:/io/distillstream/teacher/wordnet-head.safetensors",
          "Where the ordered label names are: a teacher's head, or a text file with one per line.");
  private static final Setting<List<String>> LABEL_NAMES =
      Setting.list(
          "trainer.label-names", "", "The ordered label names themselves, in place of the former.");

  public StudentSettings {
    labelNames = List.copyOf(labelNames);
  }

  public String describeStart() {
    return startFrom.isEmpty() ? "a fresh start" : startFrom;
  }

  static List<Setting<?>> all() {
    return List.of(
        FAMILY,
        SIZE,
        WIDTH,
        BLOCKS,
        HEADS,
        FEED_FORWARD,
        MAX_TOKENS,
        POSITIONS,
        BUCKETS,
        EMBEDDING_START,
        START_FROM,
        SEED,
        ENCODER,
        ENCODER_TOKENIZER,
        TOKENIZER,
        LABELS,
        LABEL_NAMES);
  }

  static StudentSettings from(Settings settings) {
    return new StudentSettings(
        new Shape(
            settings.get(FAMILY),
            settings.get(SIZE),
            settings.get(WIDTH),
            settings.get(BLOCKS),
            settings.get(HEADS),
            settings.get(FEED_FORWARD),
            settings.get(POSITIONS),
            settings.get(BUCKETS)),
        settings.get(MAX_TOKENS),
        settings.get(EMBEDDING_START),
        settings.get(START_FROM),
        settings.get(SEED),
        settings.get(ENCODER),
        settings.get(ENCODER_TOKENIZER),
        settings.get(TOKENIZER),
        settings.get(LABELS),
        settings.get(LABEL_NAMES));
  }

  /** The student of these settings for a vocabulary and a label space. */
  public StudentSpec spec(int vocabularySize, int classes) {
    StudentSize size = shape.size;
    StudentShape extents =
        new StudentShape(
            orElse(shape.width, size.width()),
            orElse(shape.blocks, size.blocks()),
            orElse(shape.heads, size.heads()),
            orElse(shape.feedForward, size.feedForward()),
            shape.positions,
            shape.buckets);
    return shape.family.spec(extents, vocabularySize, classes, maxTokens);
  }

  /** The families that the service can train. */
  private static Stream<StudentFamily> classifiers() {
    return Arrays.stream(StudentFamily.values()).filter(StudentFamily::classifiesTexts);
  }

  private static StudentFamily family(String text) {
    return classifiers()
        .filter(family -> hyphenated(family).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(FAMILIES));
  }

  private static String hyphenated(StudentFamily family) {
    return family.lowerCase().replace('_', '-');
  }

  private static boolean isStart(String source) {
    return source.endsWith(".safetensors")
        || source.endsWith(".onnx")
        || START_CHECKPOINT.matcher(source).matches();
  }

  private static int orElse(int chosen, int standard) {
    return chosen < 0 ? standard : chosen;
  }
}
