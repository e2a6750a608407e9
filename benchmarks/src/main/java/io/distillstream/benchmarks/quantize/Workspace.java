package io.distillstream.benchmarks.quantize;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.local.wordnet.Gloss;
import io.distillstream.model.ModelLocation;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A temporary folder of models and samples, removed in the end. */
final class Workspace implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  Workspace() throws IOException {
    folder = Files.createTempDirectory("bench-quantize");
  }

  /** Where a file of that name is or goes. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** A resource of the class path as a file. */
  Path resource(String name) throws IOException {
    Path file = file(name.substring(name.lastIndexOf('/') + 1));
    try (InputStream in = new ModelLocation("classpath:" + name).open()) {
      Files.copy(in, file);
    }
    return file;
  }

  /** Texts without their labels, as traffic comes. */
  Path texts(String name, List<Gloss> texts) throws IOException {
    return lines(name, texts.stream().map(text -> Map.of("text", text.text())));
  }

  /** Texts with their labels. */
  Path labelledTexts(String name, List<Gloss> texts) throws IOException {
    return lines(
        name, texts.stream().map(text -> Map.of("text", text.text(), "label", text.label())));
  }

  /** A JSON object a line. */
  Path lines(String name, Stream<Map<String, Object>> objects) throws IOException {
    Path file = file(name);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (Map<String, Object> object : (Iterable<Map<String, Object>>) objects::iterator) {
        out.write(JSON.writeValueAsString(object));
        out.newLine();
      }
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
