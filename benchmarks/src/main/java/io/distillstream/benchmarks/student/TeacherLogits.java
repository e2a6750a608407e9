package io.distillstream.benchmarks.student;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.safetensors.Safetensors;
import io.distillstream.model.safetensors.SafetensorsWriter;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a teacher says to texts, kept in a file, since to ask it takes minutes. */
public final class TeacherLogits {
  private static final String TEACHER = "teacher";
  private static final String VERSION = "teacher_version";
  private static final int BATCH = 32;
  private static final int PART = 2_048;

  private TeacherLogits() {}

  /**
   * Opens the file, after it was made if there is none, or one of another teacher.
   *
   * @param parts name of a tensor {@code [texts, classes]}, rounded to binary16 as a trainer reads
   *     logits off the log, to its texts
   * @param progress is told what takes long
   */
  @MustBeClosed
  public static Safetensors open(
      Path file, Teacher teacher, Map<String, List<String>> parts, PrintWriter progress)
      throws IOException {
    if (!isOf(teacher, file)) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      SafetensorsWriter writer =
          new SafetensorsWriter()
              .metadata(TEACHER, teacher.id())
              .metadata(VERSION, teacher.version());
      int classes = teacher.labels().size();
      parts.forEach(
          (name, texts) ->
              writer.halves(name, logits(teacher, texts, progress), texts.size(), classes));
      writer.write(file);
    }
    return Safetensors.open(file);
  }

  private static boolean isOf(Teacher teacher, Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try (Safetensors logits = Safetensors.open(file)) {
      return logits.metadata(TEACHER).equals(teacher.id())
          && logits.metadata(VERSION).equals(teacher.version());
    }
  }

  private static float[] logits(Teacher teacher, List<String> texts, PrintWriter progress) {
    int classes = teacher.labels().size();
    float[] all = new float[texts.size() * classes];
    for (int from = 0; from < texts.size(); from += PART) {
      List<String> part = texts.subList(from, Math.min(texts.size(), from + PART));
      float[][] rows = SortedBatches.logits(teacher, part, BATCH);
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rows[i], 0, all, (from + i) * classes, classes);
      }
      progress.printf("labelled %,d of %,d texts%n", from + rows.length, texts.size());
      progress.flush();
    }
    return all;
  }
}
