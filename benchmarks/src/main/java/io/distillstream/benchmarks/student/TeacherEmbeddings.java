package io.distillstream.benchmarks.student;

import io.distillstream.runtime.Settings;
import io.distillstream.teacher.SortedBatches;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.traffic.TeacherSettings;
import io.distillstream.trainer.examples.Example;
import io.distillstream.wire.payload.EmbeddingCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The default teacher's embeddings, as a trainer reads them off the log. */
final class TeacherEmbeddings {
  private static final int BATCH = 32;

  private TeacherEmbeddings() {}

  /**
   * The same examples, each with the embedding of its text.
   *
   * @param texts of the examples, in order
   */
  static List<Example> of(List<Example> examples, List<String> texts) {
    float[][] embeddings = embeddings(texts.subList(0, examples.size()));
    List<Example> embedded = new ArrayList<>(examples.size());
    for (int i = 0; i < embeddings.length; i++) {
      Example example = examples.get(i);
      embedded.add(
          new Example(
              example.requestId(),
              example.tokens(),
              example.target(),
              embeddings[i],
              example.truth(),
              example.receivedAt(),
              example.teacherVersions()));
    }
    return embedded;
  }

  private static float[][] embeddings(List<String> texts) {
    float[][] embeddings = new float[texts.size()][];
    try (Teacher teacher =
        TeacherSettings.from(Settings.load(TeacherSettings.all(), Map.of())).openTeacher()) {
      List<TeacherAnswer> answers = SortedBatches.answers(teacher, texts, BATCH);
      for (int i = 0; i < embeddings.length; i++) {
        embeddings[i] = EmbeddingCodec.decode(EmbeddingCodec.encode(answers.get(i).embedding()));
      }
    }
    return embeddings;
  }
}
