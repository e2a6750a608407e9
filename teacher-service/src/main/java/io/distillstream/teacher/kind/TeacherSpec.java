package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which teacher to load: one record for each {@link TeacherKind}. */
public sealed interface TeacherSpec
    permits EncoderClassifier, OpenAiClassifier, OnnxTextClassifier, TorchScriptClassifier {

  /** Of which kind it is. */
  TeacherKind kind();

  /** The teacher's name in soft labels; the same over all its versions. */
  String id();

  /** The files that opening it reads, by the keys of the settings that name them. */
  Map<String, ModelLocation> files();

  /**
   * The classes that it answers with, told without loading it; empty where only a running one
   * tells.
   *
   * @throws io.distillstream.teacher.TeacherException if a file is missing or damaged
   */
  Optional<LabelSpace> labels();

  /**
   * Loads it, or connects to it; the caller owns it.
   *
   * @throws io.distillstream.teacher.TeacherException if a file is missing, damaged or does not fit
   */
  @MustBeClosed
  Teacher open();

  /** The settings of all kinds, in the order in which they are documented. */
  static List<Setting<?>> settings() {
    return Stream.concat(
            Stream.of(SpecSettings.KIND, SpecSettings.ID),
            Stream.of(TeacherKind.values()).flatMap(kind -> kind.settings().stream()))
        .toList();
  }

  /** The teacher that the values describe; those of other kinds are not looked at. */
  static TeacherSpec from(Settings settings) {
    return settings.get(SpecSettings.KIND).from(settings.get(SpecSettings.ID).strip(), settings);
  }
}
