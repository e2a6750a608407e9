package io.distillstream.tuf;

import java.io.IOException;
import java.util.Optional;

/** Where a repository's files come from. It need not be trusted. */
public interface MetadataSource {

  /**
   * A file of the repository.
   *
   * @param name such as {@code timestamp.json} or {@code 7.snapshot.json}; of a delegated role, the
   *     role's name is percent-encoded in it
   * @param maxBytes how much of it is wanted; of a longer file more has to be given, so that the
   *     caller sees that it is too long, and over a network no more than one byte more
   * @return empty if there is none
   * @throws IOException if it cannot be had at the moment
   */
  Optional<byte[]> read(String name, int maxBytes) throws IOException;
}
