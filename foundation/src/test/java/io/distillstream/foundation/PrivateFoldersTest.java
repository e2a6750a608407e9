package io.distillstream.foundation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFoldersTest {
  @TempDir private Path folder;

  @Test
  void shouldCreateFoldersThatNobodyElseReads() throws Exception {
    assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));

    Path created = PrivateFolders.create(folder.resolve("data/logs"));

    assertThat(permissions(created)).isEqualTo("rwx------");
    assertThat(permissions(folder.resolve("data"))).isEqualTo("rwx------");
  }

  @Test
  void shouldLeaveAFolderThatIsThere() throws Exception {
    Path there = Files.createDirectory(folder.resolve("there"));
    String before = permissions(there);

    assertThat(PrivateFolders.create(there)).isEqualTo(there);
    assertThat(permissions(there)).isEqualTo(before);
  }

  @Test
  void shouldRefuseWhereAFileIs() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> PrivateFolders.create(file.resolve("below")))
        .isInstanceOf(IOException.class);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
