package io.distillstream.tuf.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {

  @TempDir private Path folder;

  @Test
  void shouldReadBackWhatItWroteForItsOwnerAlone() throws Exception {
    SigningKey key = SigningKey.generate();
    SigningKey earlier = SigningKey.generate();
    Path file = folder.resolve("keys").resolve("a.pem");
    KeyFile.create(file, key, List.of(earlier.key()));

    KeyFile read = KeyFile.read(file);
    assertThat(read.signingKey().key()).isEqualTo(key.key());
    assertThat(read.predecessors()).containsExactly(earlier.key());
    byte[] message = {1, 2, 3};
    assertThat(key.key().verifies(message, read.signingKey().sign(message).signatureHex()))
        .isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file).content().startsWith("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw");
  }

  @Test
  void shouldOverwriteNoKey() throws Exception {
    Path file = folder.resolve("a.pem");
    KeyFile.create(file, SigningKey.generate(), List.of());
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> KeyFile.create(file, SigningKey.generate(), List.of()))
        .isInstanceOf(KeyException.class)
        .hasMessage("There is a key in " + file + " already, and none is overwritten");
    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void shouldSayWhatIsWrongWithAFile() throws Exception {
    Path file = folder.resolve("a.pem");
    assertThatThrownBy(() -> KeyFile.read(file)).hasMessage("There is no key file " + file);

    Files.writeString(file, "nothing of the kind");
    assertThatThrownBy(() -> KeyFile.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageStartingWith("Expected a PEM block PRIVATE KEY and one PUBLIC KEY in");

    Files.delete(file);
    KeyFile.create(file, SigningKey.generate(), List.of());
    String one = Files.readString(file);
    Files.delete(file);
    KeyFile.create(file, SigningKey.generate(), List.of());
    String other = Files.readString(file);
    int publicKey = one.indexOf("-----BEGIN PUBLIC");
    Files.writeString(
        file, one.substring(0, publicKey) + other.substring(other.indexOf("-----BEGIN PUBLIC")));
    assertThatThrownBy(() -> KeyFile.read(file))
        .isInstanceOf(KeyException.class)
        .hasMessageEndingWith("the public key is not that of the private key");
  }
}
