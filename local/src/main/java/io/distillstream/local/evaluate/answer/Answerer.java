package io.distillstream.local.evaluate.answer;

import io.distillstream.model.LabelSpace;
import java.util.List;

/** A model that is scored. Used by one thread at a time. */
public interface Answerer extends AutoCloseable {

  /** Its part in the pipeline. */
  Role role();

  /** Which one it is: its name and version, for people. */
  String description();

  /** Its classes, in the order of its answers. */
  LabelSpace labels();

  /** An answer per text, in their order, each as if asked alone. */
  List<Answer> answer(List<String> texts) throws InterruptedException;

  @Override
  void close();
}
