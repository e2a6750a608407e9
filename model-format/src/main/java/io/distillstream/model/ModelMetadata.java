package io.distillstream.model;

import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.Json;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a text classifier's file says about itself, so that whoever holds the file can run it:
 * label names, tokenizer, and how the model was made. Travels in ONNX {@code metadata_props}; keys
 * of others are left alone.
 *
 * @param labels the classes, in the order of the logits
 * @param maxTokens the most tokens of one text the model was trained on, special tokens included
 * @param tokenizer turns text into the ids the model was trained on
 * @param provenance how the model was made: free keys, such as {@code checkpoint} or {@code
 *     teacher-version}
 */
public record ModelMetadata(
    LabelSpace labels,
    int maxTokens,
    WordPieceTokenizer tokenizer,
    Map<String, String> provenance) {

  /** What every key of ours starts with. */
  public static final String PREFIX = "distillstream.";

  /** The only task so far. */
  public static final String TASK = "text-classification";

  private static final String TASK_KEY = PREFIX + "task";
  private static final String LABELS_KEY = PREFIX + "labels";
  private static final String LABEL_SPACE_KEY = PREFIX + "label-space";
  private static final String MAX_TOKENS_KEY = PREFIX + "max-tokens";
  private static final String TOKENIZER_KEY = PREFIX + "tokenizer";
  private static final String VOCABULARY_KEY = PREFIX + "vocabulary";
  private static final String PROVENANCE_PREFIX = PREFIX + "provenance.";
  private static final String TOKENIZER_KIND = "wordpiece-uncased";

  public ModelMetadata {
    if (maxTokens < 2) {
      throw new IllegalArgumentException("Expected at least 2 tokens, got " + maxTokens);
    }
    provenance = Map.copyOf(provenance);
  }

  /** The same model with other provenance. */
  public ModelMetadata withProvenance(Map<String, String> newProvenance) {
    return new ModelMetadata(labels, maxTokens, tokenizer, newProvenance);
  }

  /** As sorted key-value pairs, the same on every call. */
  public Map<String, String> toMap() {
    Map<String, String> map = new TreeMap<>();
    map.put(TASK_KEY, TASK);
    map.put(LABELS_KEY, JsonWriter.string(labels.labels()));
    map.put(LABEL_SPACE_KEY, labels.fingerprint());
    map.put(MAX_TOKENS_KEY, String.valueOf(maxTokens));
    map.put(TOKENIZER_KEY, TOKENIZER_KIND);
    map.put(VOCABULARY_KEY, Vocabulary.pack(tokenizer.vocabulary()));
    provenance.forEach((key, value) -> map.put(PROVENANCE_PREFIX + key, value));
    return map;
  }

  /**
   * Reads back what {@link #toMap} wrote.
   *
   * @throws ModelFormatException if a key is missing, a value cannot be read, the task or tokenizer
   *     is of another kind, or the labels do not match their fingerprint
   */
  public static ModelMetadata fromMap(Map<String, String> map) {
    expect(map, TASK_KEY, TASK);
    expect(map, TOKENIZER_KEY, TOKENIZER_KIND);
    LabelSpace labels = readLabels(require(map, LABELS_KEY));
    expect(map, LABEL_SPACE_KEY, labels.fingerprint());
    Map<String, String> provenance = new TreeMap<>();
    map.forEach(
        (key, value) -> {
          if (key.startsWith(PROVENANCE_PREFIX)) {
            provenance.put(key.substring(PROVENANCE_PREFIX.length()), value);
          }
        });
    return new ModelMetadata(
        labels,
        readMaxTokens(require(map, MAX_TOKENS_KEY)),
        new WordPieceTokenizer(Vocabulary.unpack(require(map, VOCABULARY_KEY))),
        provenance);
  }

  private static LabelSpace readLabels(String json) {
    try {
      return new LabelSpace(Json.texts(json));
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("Model metadata: " + LABELS_KEY + " is not a label space", e);
    }
  }

  private static int readMaxTokens(String value) {
    try {
      int maxTokens = Integer.parseInt(value);
      if (maxTokens >= 2) {
        return maxTokens;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same message as a number out of range.
    }
    throw new ModelFormatException(
        String.format(
            "Model metadata: expected %s to be at least 2, got \"%s\"", MAX_TOKENS_KEY, value));
  }

  private static String require(Map<String, String> map, String key) {
    String value = map.get(key);
    if (value == null) {
      throw new ModelFormatException(String.format("Model metadata: %s is missing", key));
    }
    return value;
  }

  private static void expect(Map<String, String> map, String key, String expected) {
    String actual = require(map, key);
    if (!actual.equals(expected)) {
      throw new ModelFormatException(
          String.format(
              "Model metadata: expected %s to be \"%s\", got \"%s\"", key, expected, actual));
    }
  }
}
