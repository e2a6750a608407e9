package io.distillstream.tuf;

import static io.distillstream.tuf.metadata.TopLevelRole.ROOT;
import static io.distillstream.tuf.metadata.TopLevelRole.SNAPSHOT;
import static io.distillstream.tuf.metadata.TopLevelRole.TIMESTAMP;

import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.util.Optional;

/**
 * The roots from the one that the device was given to the newest (specification, 5.2 and 5.3), each
 * signed by its own keys and by those of the one before. Those seen before are kept, and are
 * verified again from the first one on: a device that is given another repository's root trusts
 * nothing that came by the old one.
 */
final class RootChain {

  private final TrustedStore store;
  private final MetadataLimits limits;
  private SignedMetadata<Root> newest;

  /**
   * @param trusted the root that the device was given
   * @throws TufException if it is not a root signed by its own keys
   */
  RootChain(byte[] trusted, TrustedStore store, MetadataLimits limits)
      throws IOException, TufException {
    this.store = store;
    this.limits = limits;
    SignedMetadata<Root> given = SignedMetadata.root(trusted);
    this.newest = given.verify(given.metadata().keys(ROOT));
    loadKept();
  }

  Root newest() {
    return newest.metadata();
  }

  /** Follows the chain to its end; on the way expiry does not count. */
  void update(Retrieval repository) throws IOException, TufException {
    for (int i = 0; i < limits.rootRotations(); i++) {
      Optional<byte[]> next = repository.file(ROOT.text(), nextName(), limits.rootBytes());
      if (!next.isPresent()) {
        return;
      }
      SignedMetadata<Root> successor = successor(next.get());
      forgetWhatOthersSigned(successor.metadata());
      store.write(nextName(), next.get());
      newest = successor;
    }
  }

  private void loadKept() throws IOException {
    try {
      Optional<byte[]> kept = store.read(nextName());
      while (kept.isPresent()) {
        newest = successor(kept.get());
        kept = store.read(nextName());
      }
    } catch (TufException e) {
      // Of another repository, or damaged: the repository is asked for it as if it were not there.
      store.delete(nextName());
    }
  }

  private SignedMetadata<Root> successor(byte[] file) throws TufException {
    SignedMetadata<Root> next = SignedMetadata.root(file);
    next.verify(newest().keys(ROOT)).verify(next.metadata().keys(ROOT));
    if (next.metadata().version() != newest().version() + 1) {
      throw new RollbackException(
          ROOT.text(),
          String.format(
              "its version is %d, only %d may follow %d",
              next.metadata().version(), newest().version() + 1, newest().version()));
    }
    return next;
  }

  /**
   * Recovers from a fast-forward attack: versions that a stolen key drove up count no longer once
   * the key is replaced. Before the new root is kept, so that a crash in between forgets too much
   * rather than too little.
   */
  private void forgetWhatOthersSigned(Root next) throws IOException {
    if (!next.keys(TIMESTAMP).equals(newest().keys(TIMESTAMP))
        || !next.keys(SNAPSHOT).equals(newest().keys(SNAPSHOT))) {
      store.delete(TrustedMetadata.file(TIMESTAMP.text()));
      store.delete(TrustedMetadata.file(SNAPSHOT.text()));
    }
  }

  private String nextName() {
    return newest().version() + 1 + "." + TrustedMetadata.file(ROOT.text());
  }
}
