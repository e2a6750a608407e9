package io.distillstream.teacher.torch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.classifier.ClassifierSettings;
import io.distillstream.teacher.classifier.ClassifierSettings.Scores;
import io.distillstream.teacher.classifier.TokenInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The files that {@code generate.py} beside them wrote, and what PyTorch said to its texts. */
public final class GoldenModels {

  /** What {@code bag.pt} and {@code outputs.pt} take. */
  static final List<TokenInput> TWO = List.of(TokenInput.INPUT_IDS, TokenInput.ATTENTION_MASK);

  private static final JsonNode GOLDEN = golden();

  private GoldenModels() {}

  /** A file beside the generator. */
  public static ModelLocation file(String name) {
    return new ModelLocation("classpath:/io/distillstream/teacher/torch/" + name);
  }

  static TorchScriptSettings settings(ModelLocation model, List<TokenInput> inputs, String output) {
    return settings(model, inputs, output, Scores.LOGITS, file("labels.txt"));
  }

  static TorchScriptSettings settings(
      ModelLocation model,
      List<TokenInput> inputs,
      String output,
      Scores scores,
      ModelLocation labels) {
    return new TorchScriptSettings(
        new ClassifierSettings(
            "torchscript", model, file("tokenizer.json"), labels, scores, /* maxTokens= */ 64),
        inputs,
        output);
  }

  public static List<String> texts() {
    List<String> texts = new ArrayList<>();
    GOLDEN.path("texts").forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** The tokens of each text. */
  static List<Integer> tokens() {
    List<Integer> tokens = new ArrayList<>();
    GOLDEN.path("ids").forEach(ids -> tokens.add(ids.size()));
    return tokens;
  }

  /** What PyTorch in Python said, {@code [texts, classes]}. */
  public static float[][] logits(String model) {
    JsonNode rows = GOLDEN.path(model);
    float[][] logits = new float[rows.size()][];
    for (int row = 0; row < logits.length; row++) {
      logits[row] = new float[rows.get(row).size()];
      for (int c = 0; c < logits[row].length; c++) {
        logits[row][c] = (float) rows.get(row).get(c).asDouble();
      }
    }
    return logits;
  }

  private static JsonNode golden() {
    try (InputStream in = file("golden.json").open()) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
