package io.distillstream.chaos.process;

/**
 * A process that ended though nobody made it.
 *
 * @param lastLines of its output
 */
public record ProcessEnd(Stage stage, int exitCode, String lastLines) {
  @Override
  public String toString() {
    return stage.text() + " ended by itself with code " + exitCode + ": " + lastLines;
  }
}
