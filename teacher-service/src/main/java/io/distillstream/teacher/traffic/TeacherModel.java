package io.distillstream.teacher.traffic;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelLocation;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.encoder.EncoderSettings;
import io.distillstream.teacher.encoder.EncoderTeacher;

/** Which teacher to load: an encoder and the head fitted on it. */
public record TeacherModel(String id, EncoderSettings encoder, ModelLocation head) {

  public TeacherModel {
    if (id.isBlank()) {
      throw new IllegalArgumentException("A teacher needs a name");
    }
  }

  /** all-MiniLM-L6-v2 with the head for WordNet's nouns. */
  public static TeacherModel miniLm() {
    return new TeacherModel(
        "all-minilm-l6-v2", EncoderSettings.miniLm(), EncoderTeacher.WORDNET_HEAD);
  }

  /**
   * Loads it; the caller owns it.
   *
   * @throws io.distillstream.teacher.TeacherException if a file is missing, damaged or does not fit
   */
  @MustBeClosed
  public Teacher open() {
    return EncoderTeacher.open(id, encoder, head);
  }
}
