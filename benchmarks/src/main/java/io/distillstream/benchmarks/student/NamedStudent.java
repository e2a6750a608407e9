package io.distillstream.benchmarks.student;

import io.distillstream.trainer.student.NgramSpec;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What benchmarks call a student: a transformer by its size, such as {@code small}, a bag of
 * n-grams by width and buckets, such as {@code ngram-128-16384}.
 */
final class NamedStudent {
  private static final Pattern NGRAM = Pattern.compile("ngram-(\\d{1,5})-(\\d{1,7})");
  private static final int MAX_TOKENS = 64;

  private NamedStudent() {}

  /** Its shape; empty if no student is called so. */
  static Optional<StudentSpec> of(String name, int words, int classes) {
    Matcher ngram = NGRAM.matcher(name);
    if (ngram.matches()) {
      int width = Integer.parseInt(ngram.group(1));
      int buckets = Integer.parseInt(ngram.group(2));
      return Optional.of(new NgramSpec(words, width, buckets, classes, MAX_TOKENS));
    }
    return Arrays.stream(StudentSize.values())
        .filter(size -> name.equalsIgnoreCase(size.name()))
        .findFirst()
        .map(size -> size.classifier(words, classes));
  }
}
