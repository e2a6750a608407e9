package io.distillstream.trainer.engine;

import io.distillstream.trainer.student.StudentSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** A {@link StudentSpec} as the entries {@code spec.*} of a state's header. */
final class SpecText {
  private SpecText() {}

  static Map<String, String> write(StudentSpec spec) {
    Map<String, String> header = new LinkedHashMap<>();
    header.put("spec.vocabulary_size", Integer.toString(spec.vocabularySize()));
    header.put("spec.width", Integer.toString(spec.width()));
    header.put("spec.blocks", Integer.toString(spec.blocks()));
    header.put("spec.heads", Integer.toString(spec.heads()));
    header.put("spec.feed_forward", Integer.toString(spec.feedForward()));
    header.put("spec.classes", Integer.toString(spec.classes()));
    header.put("spec.max_tokens", Integer.toString(spec.maxTokens()));
    header.put("spec.positions", Boolean.toString(spec.positions()));
    return header;
  }

  static StudentSpec read(Map<String, String> header) {
    return new StudentSpec(
        number(header, "spec.vocabulary_size"),
        number(header, "spec.width"),
        number(header, "spec.blocks"),
        number(header, "spec.heads"),
        number(header, "spec.feed_forward"),
        number(header, "spec.classes"),
        number(header, "spec.max_tokens"),
        Boolean.parseBoolean(entry(header, "spec.positions")));
  }

  static String entry(Map<String, String> header, String key) {
    String value = header.get(key);
    if (value == null) {
      throw new IllegalArgumentException("state header lacks " + key);
    }
    return value;
  }

  private static int number(Map<String, String> header, String key) {
    return Integer.parseInt(entry(header, key));
  }
}
