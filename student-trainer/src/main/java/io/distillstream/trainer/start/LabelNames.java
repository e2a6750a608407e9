package io.distillstream.trainer.start;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelLocation;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.trainer.engine.TrainingStoppedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where a student's label names come from. Soft labels carry their fingerprint only, which says
 * whether they are the right ones.
 */
final class LabelNames {
  private static final String SAFETENSORS = ".safetensors";
  private static final String LABELS_KEY = "distillstream.labels";

  private LabelNames() {}

  /**
   * Reads label names.
   *
   * @param location a teacher's head, which ends in {@code .safetensors} and has the names in its
   *     header, or a text file in UTF-8 with one name per line
   * @throws TrainingStoppedException if they cannot be read or are no label space
   */
  static LabelSpace read(ModelLocation location) {
    try (InputStream in = location.open()) {
      return new LabelSpace(
          location.text().endsWith(SAFETENSORS) ? ofHead(location, in) : lines(in));
    } catch (IOException | ModelFormatException | IllegalArgumentException e) {
      throw new TrainingStoppedException(
          "label names cannot be read from %s: %s".formatted(location, e.getMessage()), e);
    }
  }

  private static List<String> ofHead(ModelLocation location, InputStream in) throws IOException {
    try (Safetensors head = Safetensors.read(location.text(), in)) {
      return new ObjectMapper()
          .readValue(head.metadata(LABELS_KEY), new TypeReference<List<String>>() {});
    }
  }

  private static List<String> lines(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
