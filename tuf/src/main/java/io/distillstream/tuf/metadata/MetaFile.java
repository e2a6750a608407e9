package io.distillstream.tuf.metadata;

import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.refusal.MixAndMatchException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a timestamp or a snapshot says of another role's metadata.
 *
 * @param version of that metadata
 * @param length of its file in bytes, where told
 * @param sha256 of its file, where told
 */
public record MetaFile(long version, OptionalLong length, Optional<String> sha256) {

  /** Of a file's bytes, with length and digest. */
  public static MetaFile of(long version, byte[] file) {
    return new MetaFile(version, OptionalLong.of(file.length), Optional.of(Sha256.hex(file)));
  }

  /** Whether it names a file of this length and digest. */
  public boolean names(byte[] file) {
    return (!length.isPresent() || file.length == length.getAsLong())
        && (!sha256.isPresent() || Sha256.hex(file).equals(sha256.get()));
  }

  /**
   * Holds a file to length and digest.
   *
   * @throws MixAndMatchException if it is another one
   */
  public void check(String role, byte[] file) throws MixAndMatchException {
    if (!names(file)) {
      throw new MixAndMatchException(
          role, "its file is not the one whose length and SHA-256 were named");
    }
  }

  /**
   * Holds metadata to the version.
   *
   * @throws MixAndMatchException if it is another one
   */
  public void check(String role, RoleMetadata metadata) throws MixAndMatchException {
    if (metadata.version() != version) {
      throw new MixAndMatchException(
          role, "its version is " + metadata.version() + ", " + version + " was named");
    }
  }
}
