package io.distillstream.tuf;

import io.distillstream.tuf.refusal.OversizedMetadataException;
import java.io.IOException;
import java.util.Optional;

/** Gets metadata from the repository, no more of it than is allowed. */
final class Retrieval {

  private final MetadataSource source;

  Retrieval(MetadataSource source) {
    this.source = source;
  }

  /**
   * A file of the repository.
   *
   * @return empty if the repository has no such file
   */
  Optional<byte[]> file(String role, String name, int maxBytes)
      throws IOException, OversizedMetadataException {
    Optional<byte[]> file = source.read(name, maxBytes);
    if (file.isPresent() && file.get().length > maxBytes) {
      throw new OversizedMetadataException(role, maxBytes);
    }
    return file;
  }
}
