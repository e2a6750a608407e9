package io.distillstream.device.transport;

/**
 * Where an artifact lies and how to know it is whole.
 *
 * @param location how its transport finds it; means nothing to the device
 * @param sizeBytes of the file
 * @param sha256 of the file, lower-case hexadecimal
 */
public record ArtifactRef(String location, long sizeBytes, String sha256) {

  public ArtifactRef {
    if (sizeBytes < 0) {
      throw new IllegalArgumentException("An artifact has at least 0 bytes, was " + sizeBytes);
    }
    // It becomes part of a file name.
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "A SHA-256 has 64 lower-case hexadecimal digits, was " + sha256);
    }
  }
}
