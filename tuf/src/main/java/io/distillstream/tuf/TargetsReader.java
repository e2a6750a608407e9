package io.distillstream.tuf;

import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;

/** Reads the metadata of targets, top-level or delegated, of one state of the repository. */
interface TargetsReader {

  /**
   * The metadata of a role, verified and current.
   *
   * @param keys of the role, by who delegates to it
   */
  Targets read(String role, RoleKeys keys) throws IOException, TufException;
}
