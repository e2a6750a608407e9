package io.distillstream.benchmarks.service;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TokenizedText;
import java.util.List;

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
  public int maxTokens() {
    return teacher.maxTokens();
  }

  @Override
  public TokenizedText tokenize(String text) {
    return teacher.tokenize(text);
  }

  @Override
  public float[][] logits(List<TokenizedText> texts) {
    return teacher.logits(texts);
  }

  @Override
  public void close() {}
}
