package io.distillstream.benchmarks.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.trainer.examples.Example;
import io.distillstream.trainer.loss.DenseTarget;
import io.distillstream.trainer.student.StudentWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The default student in PyTorch from Python, with its records, in files that it owns. */
public final class PyTorchStudent implements AutoCloseable {
  private static final String SCRIPT = "pytorch_student.py";
  private static final int BATCH = 32;

  private final String python;
  private final Path folder;
  private final int count;

  /**
   * How it is trained.
   *
   * @param threads of PyTorch
   * @param packed whether padding costs time in attention alone
   * @param share of each step's rows that are remembered examples
   * @param room examples that are remembered, at most
   */
  public record Plan(int threads, boolean packed, double share, int room) {

    /** Without replay. */
    static Plan plain(int threads, boolean packed) {
      return new Plan(threads, packed, 0, 1);
    }
  }

  /**
   * What became of it.
   *
   * @param records learned, each counted once
   * @param seconds for all records at the pace of those after the first batch
   * @param agreement over the second half, before learning
   * @param heldOut of what devices would get in the end, on the held-out examples
   */
  public record Result(int records, double seconds, double agreement, OptionalDouble heldOut) {

    public double recordsPerSecond() {
      return records / seconds;
    }
  }

  private PyTorchStudent(String python, Path folder, int count) {
    this.python = python;
    this.folder = folder;
    this.count = count;
  }

  /**
   * Writes the files.
   *
   * @param python the interpreter
   * @param start first weights
   * @param records in the order in which they are learned
   * @param heldOut may be empty
   */
  public static PyTorchStudent of(
      String python, StudentWeights start, List<Example> records, List<Example> heldOut)
      throws IOException {
    PyTorchStudent student =
        new PyTorchStudent(
            python, Files.createTempDirectory("distillstream-pytorch"), records.size());
    Files.write(student.folder.resolve(SCRIPT), script());
    data(start, records, heldOut).write(student.data());
    return student;
  }

  private Path data() {
    return folder.resolve("data.safetensors");
  }

  /**
   * Trains it once.
   *
   * @throws IllegalStateException if Python fails
   */
  public Result run(Plan plan) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                python,
                folder.resolve(SCRIPT).toString(),
                data().toString(),
                Integer.toString(plan.threads()),
                plan.packed() ? "packed" : "padded",
                Double.toString(plan.share()),
                Integer.toString(plan.room()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String answer;
    try (InputStream in = process.getInputStream()) {
      answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "%s failed; it needs torch and numpy, such as pip install torch==2.7.1 numpy"
              .formatted(python));
    }
    JsonNode result = new ObjectMapper().readTree(answer);
    return new Result(
        count,
        // Per record after the first batch, scaled to all, as a stopwatch does.
        result.get("seconds").asDouble() * count / (count - (double) BATCH),
        result.get("agreement").asDouble(),
        result.has("held_out")
            ? OptionalDouble.of(result.get("held_out").asDouble())
            : OptionalDouble.empty());
  }

  private static SafetensorsWriter data(
      StudentWeights weights, List<Example> records, List<Example> heldOut) {
    SafetensorsWriter writer = new SafetensorsWriter();
    weights
        .spec()
        .parameters()
        .forEach(
            parameter ->
                writer.floats(
                    parameter.name(),
                    weights.get(parameter.name()).values(),
                    Arrays.stream(parameter.shape()).asLongStream().toArray()));
    texts(writer, "", records);
    ints(writer, "truth", records.stream().mapToInt(Example::truth).toArray());
    int classes = records.get(0).target().classes();
    float[] logits = new float[records.size() * classes];
    for (int i = 0; i < records.size(); i++) {
      float[] row = ((DenseTarget) records.get(i).target()).logits();
      System.arraycopy(row, 0, logits, i * classes, classes);
    }
    writer.floats("logits", logits, records.size(), classes);
    if (!heldOut.isEmpty()) {
      texts(writer, "held_out_", heldOut);
      ints(
          writer,
          "held_out_answers",
          heldOut.stream().mapToInt(example -> example.target().answer()).toArray());
    }
    return writer;
  }

  private static void texts(SafetensorsWriter writer, String prefix, List<Example> examples) {
    ints(
        writer,
        prefix + "ids",
        examples.stream().flatMapToInt(example -> Arrays.stream(example.tokens())).toArray());
    ints(
        writer,
        prefix + "lengths",
        examples.stream().mapToInt(example -> example.tokens().length).toArray());
  }

  private static void ints(SafetensorsWriter writer, String name, int[] values) {
    writer.ints(name, values, values.length);
  }

  private static byte[] script() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PyTorchStudent.class.getResourceAsStream(SCRIPT))) {
      return in.readAllBytes();
    }
  }

  /** Deletes the files. */
  @Override
  public void close() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}
