package io.distillstream.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.model.LabelSpace;
import io.distillstream.teacher.queue.LengthTeacher;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SortedBatchesTest {
  /** Answers a text with its length, and remembers the lengths of each batch. */
  private static final class LengthTeacher implements Teacher {
    private final List<List<Integer>> batches = new ArrayList<>();

    @Override
    public String id() {
      return "length";
    }

    @Override
    public String version() {
      return "0";
    }

    @Override
    public LabelSpace labels() {
      return new LabelSpace(List.of("length", "nothing"));
    }

    @Override
    public int size(String text) {
      return text.length();
    }

    @Override
    public List<TeacherAnswer> answers(List<String> texts) {
      batches.add(texts.stream().map(String::length).toList());
      return texts.stream().map(text -> TeacherAnswer.of(new float[] {text.length(), 0})).toList();
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldBatchByLengthAndAnswerInTheOrderOfTheTexts() {
    LengthTeacher teacher = new LengthTeacher();
    float[][] logits = SortedBatches.logits(teacher, List.of("four", "1", "22", "55555", "333"), 2);
    assertThat(teacher.batches).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
    assertThat(logits).isDeepEqualTo(new float[][] {{4, 0}, {1, 0}, {2, 0}, {5, 0}, {3, 0}});
  }

  @Test
  void shouldAnswerNothingWithNothing() {
    assertThat(SortedBatches.logits(new LengthTeacher(), List.of(), 8)).isEmpty();
  }
}
