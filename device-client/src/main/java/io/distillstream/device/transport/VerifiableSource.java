package io.distillstream.device.transport;

import io.distillstream.tuf.MetadataSource;
import io.distillstream.tuf.TrustedTarget;
import java.io.IOException;
import java.util.Optional;

/**
 * A transport that also carries what vouches for its updates. It need not be trusted with that
 * either. A manifest that was verified names its files by their digests, so {@link #fetch} has to
 * find those it has seen in an update.
 */
public interface VerifiableSource extends UpdateSource {

  /**
   * The metadata of the pipeline's repository as it is now. What it gives stays that of one state
   * where the transport can see to it.
   *
   * @throws IOException if it cannot be had at the moment
   */
  MetadataSource metadata() throws IOException;

  /**
   * The bytes of a target, which the caller checks.
   *
   * @return empty if the transport does not have them, or not yet
   * @throws IOException if they cannot be had at the moment
   */
  Optional<byte[]> target(TrustedTarget target) throws IOException;
}
