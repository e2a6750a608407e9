package io.distillstream.tap;

import io.distillstream.tap.json.LogProbabilityEraser.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a server says for a model that always answers the same, with log-probabilities or without,
 * as real servers write it: vLLM and OpenAI with a null, llama.cpp without the field.
 */
public final class ScriptedModel {

  /** The last has a character of several bytes. */
  public static final List<String> TOKENS = List.of("The", " quick", " brown", " fox é");

  public static final String TEXT = String.join("", TOKENS);

  /** Of every token: its own log-probability, then those of two others. */
  public static final List<Double> LOG_PROBABILITIES = List.of(-0.25, -2.0, -3.5);

  private ScriptedModel() {}

  /** An answer in one piece, formatted so that nobody would write the same by chance. */
  public static String whole(boolean logProbabilities, Form form) {
    List<String> entries = new ArrayList<>();
    for (int i = 0; i < TOKENS.size(); i++) {
      entries.add(entry(i));
    }
    String field =
        field("{ \"content\": [" + String.join(", ", entries) + "]}", logProbabilities, form);
    return """
        {"id": "cmpl-1", "x_unknown": [1.50, {"logprobs": "kept"}], "model": "scripted",
         "choices": [ {"index":0, "message": {"role":"assistant", "content": "%s"}%s , "finish_reason":"stop"} ],
         "usage": {"total_tokens":7e0} }
        """
        .formatted(TEXT, field);
  }

  /** The data of a stream's events, without what ends it. */
  public static List<String> events(boolean logProbabilities, Form form) {
    List<String> events = new ArrayList<>();
    events.add(
        event("{\"role\":\"assistant\",\"content\":\"\"}", field("null", false, form), "null"));
    for (int i = 0; i < TOKENS.size(); i++) {
      String content = "{\"content\":\"" + TOKENS.get(i) + "\"}";
      String field =
          field("{\"content\":[" + entry(i) + "],\"refusal\":null}", logProbabilities, form);
      events.add(event(content, field, "null"));
    }
    events.add(event("{}", field("null", false, form), "\"stop\""));
    return events;
  }

  /** A stream as it goes over the wire, comments and an unknown event among its data. */
  public static String stream(boolean logProbabilities, Form form, String end) {
    StringBuilder stream = new StringBuilder(": ping" + end + end);
    for (String event : events(logProbabilities, form)) {
      stream.append("data: ").append(event).append(end).append(end);
    }
    return stream + "event: other" + end + "data:not json" + end + end + "data: [DONE]" + end + end;
  }

  private static String event(String delta, String field, String finishReason) {
    return "{\"id\":\"cmpl-1\",\"model\":\"scripted\",\"choices\":[{\"index\":0,\"delta\":%s%s,\"finish_reason\":%s}]}"
        .formatted(delta, field, finishReason);
  }

  private static String field(String value, boolean logProbabilities, Form form) {
    if (logProbabilities) {
      return ", \"logprobs\" :" + value;
    }
    return form == Form.NULL ? ", \"logprobs\" :null" : "";
  }

  private static String entry(int index) {
    String token = TOKENS.get(index);
    return "{\"token\":\"%s\",\"logprob\":%s,\"bytes\":null,\"top_logprobs\":[%s,%s,%s]}"
        .formatted(
            token,
            LOG_PROBABILITIES.get(0),
            alternative(token, LOG_PROBABILITIES.get(0)),
            alternative(token.toUpperCase(Locale.ROOT), LOG_PROBABILITIES.get(1) - index / 100.0),
            alternative("\\n", LOG_PROBABILITIES.get(2)));
  }

  private static String alternative(String token, double logProbability) {
    return "{\"token\":\"%s\",\"logprob\":%s}".formatted(token, logProbability);
  }
}
