package io.distillstream.embedded.registry;

/** A version as it is named in a path: a number from 1, or {@code latest}. */
record VersionId(int number) {

  private static final int LATEST = -1;

  /**
   * Reads a version out of a path.
   *
   * @throws RegistryException if it is neither
   */
  static VersionId parse(String text) {
    if (text.equals("latest") || text.equals("-1")) {
      return new VersionId(LATEST);
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 1) {
        return new VersionId(number);
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, with the other texts that are no version.
    }
    throw RegistryException.invalidVersion(text);
  }

  boolean isLatest() {
    return number == LATEST;
  }
}
