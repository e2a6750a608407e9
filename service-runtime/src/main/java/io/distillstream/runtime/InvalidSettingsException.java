package io.distillstream.runtime;

import java.util.List;

/** Everything that is wrong with the settings, at once. */
public final class InvalidSettingsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  /**
   * Settings that are wrong by themselves or contradict each other.
   *
   * @param problems one line each, at least one
   */
  public InvalidSettingsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
