package io.distillstream.tuf.repository;

import static io.distillstream.tuf.metadata.TopLevelRole.TARGETS;

import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.refusal.MalformedMetadataException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.util.List;

/**
 * What the operator has signed: every root, and targets that the newest of them vouches for.
 *
 * @param roots from the first on
 */
record OperatorMetadata(List<SignedMetadata<Root>> roots, SignedMetadata<Targets> targets) {

  OperatorMetadata {
    roots = List.copyOf(roots);
  }

  /**
   * Reads the folder. Roots first: targets are written before the root that needs them.
   *
   * @throws KeyException if it holds no repository, or one that contradicts itself
   */
  static OperatorMetadata read(TrustFolder folder) throws IOException, KeyException {
    List<SignedMetadata<Root>> roots = folder.roots();
    Root newest = roots.get(roots.size() - 1).metadata();
    try {
      return new OperatorMetadata(roots, folder.targets().verify(newest.keys(TARGETS)));
    } catch (TufException e) {
      throw new KeyException(
          "The targets in the trust folder are not signed as its root says: " + e.getMessage(), e);
    }
  }

  /** The newest one. */
  Root root() {
    return roots.get(roots.size() - 1).metadata();
  }

  boolean hasVersionsOf(OperatorMetadata other) {
    return root().version() == other.root().version()
        && targets.metadata().version() == other.targets.metadata().version();
  }

  /**
   * The metadata of a channel.
   *
   * @throws TufException if the delegation does not cover it
   */
  SignedMetadata<Targets> verified(String role, byte[] file) throws TufException {
    DelegatedRole delegation =
        targets.metadata().delegations().stream()
            .filter(one -> one.name().equals(role))
            .findFirst()
            .orElseThrow(
                () -> new MalformedMetadataException(role, "nobody delegates to this role"));
    SignedMetadata<Targets> signed = SignedMetadata.targets(role, file).verify(delegation.keys());
    for (String path : signed.metadata().targets().keySet()) {
      if (!delegation.covers(path)) {
        throw new MalformedMetadataException(
            role, "it vouches for " + path + ", with which it is not trusted");
      }
    }
    return signed;
  }
}
