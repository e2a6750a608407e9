package io.distillstream.tuf.metadata;

import java.util.Locale;

/** The roles that every repository has. */
public enum TopLevelRole {
  /** Says who the others are; kept offline. */
  ROOT,
  /** Delegates to the channels. */
  TARGETS,
  /** Says which versions of all targets' metadata belong together. */
  SNAPSHOT,
  /** Says which snapshot is current. */
  TIMESTAMP;

  /** Its name in metadata and file names. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
