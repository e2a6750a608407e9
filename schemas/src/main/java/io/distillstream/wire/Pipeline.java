package io.distillstream.wire;

import java.util.regex.Pattern;

/**
 * The name that prefixes every topic, group and transactional id, so that many pipelines can share
 * one cluster.
 *
 * @param name lower-case letters, digits and inner hyphens, at most 40 characters
 */
public record Pipeline(String name) {

  private static final Pattern LEGAL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");

  public Pipeline {
    if (!LEGAL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "Pipeline name '"
              + name
              + "' is not legal: lower-case letters, digits and inner hyphens, at most 40");
    }
  }

  /** The pipeline's dead-letter topic, which holds bytes of any kind and so has no schema. */
  public String deadLetters() {
    return name + ".dead-letters";
  }

  @Override
  public String toString() {
    return name;
  }
}
