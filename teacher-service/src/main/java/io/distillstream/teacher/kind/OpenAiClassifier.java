package io.distillstream.teacher.kind;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelLocation;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.openai.OpenAiSettings;
import io.distillstream.teacher.openai.OpenAiTeacher;
import java.util.Map;
import java.util.Optional;

/** A language model behind an OpenAI-compatible API. */
public record OpenAiClassifier(String id, OpenAiSettings settings) implements TeacherSpec {

  static OpenAiClassifier from(String id, Settings settings) {
    OpenAiSettings values = OpenAiKeys.from(settings);
    return new OpenAiClassifier(id.isEmpty() ? values.question().model() : id, values);
  }

  @Override
  public TeacherKind kind() {
    return TeacherKind.OPENAI;
  }

  /** None when it is opened: what files hold is among its settings already. */
  @Override
  public Map<String, ModelLocation> files() {
    return Map.of();
  }

  @Override
  public Optional<LabelSpace> labels() {
    return Optional.of(settings.question().verbalizer().labels());
  }

  @Override
  @MustBeClosed
  public Teacher open() {
    return OpenAiTeacher.open(id, settings);
  }
}
