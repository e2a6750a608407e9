package io.distillstream.update;

/**
 * Where a file lies and how to know it is whole.
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
    Digests.requireSha256(sha256);
  }

  /** A file that is found by its digest, as over HTTP. */
  public static ArtifactRef byDigest(long sizeBytes, String sha256) {
    return new ArtifactRef(sha256, sizeBytes, sha256);
  }
}
