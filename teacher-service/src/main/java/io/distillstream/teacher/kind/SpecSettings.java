package io.distillstream.teacher.kind;

import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Setting;

/** The settings that every kind of teacher has, and forms that several kinds use. */
final class SpecSettings {

  static final Setting<TeacherKind> KIND =
      Setting.oneOf("teacher.kind", TeacherKind.ENCODER, "What kind of teacher answers.");

  static final Setting<String> ID =
      Setting.text(
          "teacher.id",
          "",
          "The teacher's name in soft labels; empty: the kind's own, for the encoder "
              + EncoderClassifier.DEFAULT_ID
              + ", for a language model the model's name.");

  private SpecSettings() {}

  /** Where a file of a model is. */
  static Setting<String> location(String key, ModelLocation standard, String doc) {
    return Setting.text(key, standard.text(), doc)
        .accepting(
            "a path, or classpath:/ and a resource name",
            text -> {
              try {
                return !new ModelLocation(text).text().isEmpty();
              } catch (IllegalArgumentException e) {
                return false;
              }
            });
  }
}
