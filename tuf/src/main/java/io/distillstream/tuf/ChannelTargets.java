package io.distillstream.tuf;

/**
 * How the updates of one model on one channel lie in a repository: which targets they are, and the
 * role that vouches for them. The role's name is fixed, since a name that was once in a snapshot
 * has to stay there.
 *
 * @param model letters, digits, {@code .}, {@code _} and {@code -}
 * @param channel of the same
 */
public record ChannelTargets(String model, String channel) {

  public ChannelTargets {
    requireName("model", model);
    requireName("channel", channel);
  }

  /** The delegated role, such as {@code student-stable}. */
  public String role() {
    return model + "-" + channel;
  }

  /** The paths that the role is trusted with, such as {@code student/stable/*}. */
  public String pattern() {
    return folder() + "*";
  }

  /** The manifest of the newest update. */
  public String manifest() {
    return folder() + "latest.json";
  }

  /** The artifact of a version. */
  public String artifact(long version) {
    return folder() + version + ".onnx";
  }

  private String folder() {
    return model + "/" + channel + "/";
  }

  private static void requireName(String what, String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          String.format(
              "A signed %s has a name of at most 100 letters, digits, '.', '_' and '-', the first"
                  + " of them a letter, a digit or '_'; got '%s'",
              what, name));
    }
  }
}
