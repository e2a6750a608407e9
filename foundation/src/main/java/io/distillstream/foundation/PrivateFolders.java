package io.distillstream.foundation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Folders for what is nobody else's business, such as traffic and what was learned from it. */
public final class PrivateFolders {
  private static final Set<PosixFilePermission> OWNER_ALONE =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFolders() {}

  /**
   * Creates a folder and those above it that are missing, for this user alone where the file system
   * tells users apart. A folder that is there stays as it is.
   *
   * @throws IOException if it cannot be created
   */
  public static Path create(Path folder) throws IOException {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE))
        : Files.createDirectories(folder);
  }
}
