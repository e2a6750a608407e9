package io.distillstream.teacher.classifier;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.teacher.TeacherException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Any tokenizer that a {@code tokenizer.json} describes, by Hugging Face's own library: word
 * pieces, byte-pair encoding, unigrams, whole words.
 */
final class HuggingFaceTokens implements TextTokens {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of the token that fills up, in the models there are. */
  private static final List<String> PADDING =
      List.of("[PAD]", "<pad>", "<|padding|>", "<|endoftext|>");

  private final HuggingFaceTokenizer tokenizer;
  private final int paddingId;

  private HuggingFaceTokens(HuggingFaceTokenizer tokenizer, int paddingId) {
    this.tokenizer = tokenizer;
    this.paddingId = paddingId;
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws TeacherException if it is none
   */
  @MustBeClosed
  static HuggingFaceTokens read(String name, byte[] json, int maxTokens) {
    // The library in the jar is for processors; beside a GPU it would fetch another one.
    if (System.getProperty("RUST_FLAVOR") == null) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
    int padding = paddingId(name, json);
    Map<String, String> options =
        Map.of("truncation", "true", "maxLength", Integer.toString(maxTokens), "padding", "false");
    try {
      return new HuggingFaceTokens(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options), padding);
    } catch (IOException | RuntimeException e) {
      throw new TeacherException("Tokenizer %s cannot be read: %s".formatted(name, oneLine(e)), e);
    }
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** What it says of padding itself, or else the token whose name says so. */
  private static int paddingId(String name, byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (IOException e) {
      throw new TeacherException("Tokenizer %s is not JSON".formatted(name), e);
    }
    JsonNode told = root.path("padding").path("pad_id");
    if (told.isInt()) {
      return told.asInt();
    }
    for (String padding : PADDING) {
      for (JsonNode token : root.path("added_tokens")) {
        if (token.path("content").asText().equals(padding)) {
          return token.path("id").asInt();
        }
      }
    }
    return 0;
  }

  @Override
  public int[] encode(String text) {
    Encoding encoding = tokenizer.encode(text, true, false);
    long[] ids = encoding.getIds();
    return ids.length == 0
        ? new int[] {paddingId}
        : java.util.Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
  }

  @Override
  public int paddingId() {
    return paddingId;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
