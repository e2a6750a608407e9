package io.distillstream.benchmarks.service;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import java.util.List;
import java.util.Map;

/**
 * A teacher that somebody else closes, so that service and plain loop run the very same session.
 */
record SharedTeacher(Teacher teacher) implements Teacher {

  @Override
  public String id() {
    return teacher.id();
  }

  @Override
  public String version() {
    return teacher.version();
  }

  @Override
  public LabelSpace labels() {
    return teacher.labels();
  }

  @Override
  public Map<String, Object> properties() {
    return teacher.properties();
  }

  @Override
  public int size(String text) {
    return teacher.size(text);
  }

  @Override
  public List<TeacherAnswer> answers(List<String> texts) {
    return teacher.answers(texts);
  }

  @Override
  public void close() {}
}
