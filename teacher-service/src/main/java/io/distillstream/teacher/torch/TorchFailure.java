package io.distillstream.teacher.torch;

import java.util.List;

/** What PyTorch says of a failure, in one line. */
final class TorchFailure {

  private static final String INTERPRETER = "The following operation failed";

  private TorchFailure() {}

  /** A traceback through the model's code ends with the reason; other messages begin with it. */
  static String reason(Throwable failure) {
    List<String> lines =
        String.valueOf(failure.getMessage())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    if (lines.isEmpty()) {
      return failure.getClass().getSimpleName();
    }
    return lines.get(lines.get(0).startsWith(INTERPRETER) ? lines.size() - 1 : 0);
  }
}
