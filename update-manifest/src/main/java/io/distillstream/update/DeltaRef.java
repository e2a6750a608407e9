package io.distillstream.update;

/**
 * A file from which a device that has one artifact makes the next one. Several in a row lead from
 * an older artifact to the newest; where they do not, or are no smaller, the device takes the whole
 * artifact.
 *
 * @param fromSha256 of the artifact that the device must have
 * @param toSha256 of the artifact that it makes
 * @param toSizeBytes of the artifact that it makes
 * @param codec how the file was made, by name; a device that does not know it takes another way
 * @param file the delta itself
 */
public record DeltaRef(
    String fromSha256, String toSha256, long toSizeBytes, String codec, ArtifactRef file) {

  public DeltaRef {
    Digests.requireSha256(fromSha256);
    Digests.requireSha256(toSha256);
    if (toSizeBytes < 0) {
      throw new IllegalArgumentException("An artifact has at least 0 bytes, was " + toSizeBytes);
    }
    if (codec.trim().isEmpty()) {
      throw new IllegalArgumentException("A delta names its codec, was blank");
    }
  }
}
