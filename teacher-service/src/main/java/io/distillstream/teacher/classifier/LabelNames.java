package io.distillstream.teacher.classifier;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.TeacherException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Names of classes in a file: {@code id2label} of a {@code config.json}, or one name a line. */
final class LabelNames {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LabelNames() {}

  /**
   * Reads them.
   *
   * @throws TeacherException if there are fewer than two, or two are the same
   */
  static LabelSpace read(String file, byte[] content) {
    String text = new String(content, UTF_8);
    try {
      return new LabelSpace(text.stripLeading().startsWith("{") ? configured(text) : lines(text));
    } catch (IOException e) {
      throw new TeacherException("Labels %s: not JSON".formatted(file), e);
    } catch (IllegalArgumentException e) {
      throw new TeacherException("Labels %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static List<String> configured(String text) throws IOException {
    JsonNode names = JSON.readTree(text).path("id2label");
    if (!names.isObject()) {
      throw new IllegalArgumentException("a config.json without id2label");
    }
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < names.size(); id++) {
      JsonNode name = names.path(Integer.toString(id));
      if (!name.isTextual()) {
        throw new IllegalArgumentException("id2label has no name for class " + id);
      }
      labels.add(name.asText());
    }
    return labels;
  }
}
