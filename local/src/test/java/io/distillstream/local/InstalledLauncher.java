package io.distillstream.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The launcher in a folder of its own, where all seems built, beside a Java of the test's making.
 */
final class InstalledLauncher {
  private static final Path COMMON = Path.of("src", "main", "launcher", "launch.sh");

  private final Path home;

  InstalledLauncher(Path home) throws IOException {
    this.home = home;
    Files.copy(Path.of("..", "distillstream"), script());
    Path common = home.resolve("local").resolve(COMMON);
    Files.createDirectories(common.getParent());
    Files.copy(COMMON, common);
    Files.createDirectories(home.resolve("local").resolve("target"));
    Files.createFile(home.resolve("local").resolve("target").resolve(".built"));
    Files.createDirectories(home.resolve("bin"));
  }

  Path script() {
    return home.resolve("distillstream");
  }

  /**
   * What {@code JAVA_HOME} leads to.
   *
   * @param text of a shell script
   */
  void setJava(String text) throws IOException {
    Path java = home.resolve("bin").resolve("java");
    Files.writeString(java, text);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }
}
