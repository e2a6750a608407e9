package io.distillstream.teacher.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.foundation.Sha256;
import io.distillstream.teacher.TeacherAnswer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The answers to the texts asked last, so that a text that comes again, or is read from the log
 * again after an outage, is not paid for twice. Texts are known by their digests. Thread-safe.
 */
final class RecentAnswers {

  private final Map<String, TeacherAnswer> answers;

  /**
   * @param most answers that are kept; 0: none
   */
  RecentAnswers(int most) {
    this.answers =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, TeacherAnswer> eldest) {
            return size() > most;
          }
        };
  }

  synchronized Optional<TeacherAnswer> find(String text) {
    return Optional.ofNullable(answers.get(key(text)));
  }

  synchronized void keep(String text, TeacherAnswer answer) {
    answers.put(key(text), answer);
  }

  private static String key(String text) {
    return Sha256.hex(text.getBytes(UTF_8));
  }
}
