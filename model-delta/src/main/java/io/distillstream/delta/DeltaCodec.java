package io.distillstream.delta;

import java.util.Optional;

/**
 * How a delta holds the difference of two files. The numbers 0 and 2 were those of {@link
 * #CONTEXT_MIXING} before it predicted weights from one another; they are not used again.
 */
public enum DeltaCodec {
  /** The byte-wise difference of the whole files in zlib's format (RFC 1950). */
  DEFLATE(1, "deflate"),
  /**
   * Segments that know rows and numbers, coded by adaptive binary arithmetic coding whose
   * probabilities are mixed from several contexts.
   */
  CONTEXT_MIXING(3, "context-mixing-3");

  private final int number;
  private final String id;

  DeltaCodec(int number, String id) {
    this.number = number;
    this.id = id;
  }

  /** Its name in manifests. */
  public String id() {
    return id;
  }

  /** What stands for it in a delta's header. */
  int number() {
    return number;
  }

  static Optional<DeltaCodec> ofNumber(int number) {
    for (DeltaCodec codec : values()) {
      if (codec.number == number) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }

  /** The codec of that name; empty where this release does not know it. */
  public static Optional<DeltaCodec> of(String id) {
    for (DeltaCodec codec : values()) {
      if (codec.id.equals(id)) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }
}
