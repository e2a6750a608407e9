package io.distillstream.tuf.repository;

import static io.distillstream.tuf.repository.TestRepository.STABLE;
import static io.distillstream.tuf.repository.TestRepository.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.refusal.MalformedMetadataException;
import io.distillstream.tuf.refusal.MissingMetadataException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workflow where nobody attacks. */
class TrustedMetadataTest {

  @TempDir private Path folder;

  private final TestRepository repository = new TestRepository().published("one");

  @Test
  void shouldAskForNoMoreThanItNeeds() throws Exception {
    TestClient device = device();
    assertThat(device.look()).isPresent();
    assertThat(repository.asked)
        .containsExactly(
            "2.root.json",
            "timestamp.json",
            "1.snapshot.json",
            "1.targets.json",
            "1.student-stable.json");
    repository.asked.clear();

    assertThat(device.look()).isPresent();
    assertThat(repository.asked).containsExactly("2.root.json", "timestamp.json");
    repository.asked.clear();

    repository.publish(2, "two");
    assertThat(device.look().map(TrustedTarget::sha256)).contains(file("two").sha256());
    assertThat(repository.asked)
        .containsExactly(
            "2.root.json", "timestamp.json", "2.snapshot.json", "2.student-stable.json");
  }

  @Test
  void shouldKeepRootsAndVerifyThemAgain() throws Exception {
    TestClient device = device();
    List<SigningKey> old = repository.keys("root");
    for (int i = 0; i < 3; i++) {
      repository.root(old);
    }
    assertThat(device.look()).isPresent();
    assertThat(folder.resolve("4.root.json")).exists();
    repository.asked.clear();
    assertThat(device.look()).isPresent();
    assertThat(repository.asked).startsWith("5.root.json");

    Files.writeString(folder.resolve("3.root.json"), "damaged");
    assertThat(device.look()).isPresent();
    assertThat(folder.resolve("3.root.json")).hasBinaryContent(repository.stored("3.root.json"));
  }

  @Test
  void shouldTrustNothingOfTheOldRepositoryOnceItIsGivenAnotherRoot() throws Exception {
    repository.publish(9, "nine");
    repository.root(repository.keys("root"));
    assertThat(device().look()).isPresent();

    TestRepository other = new TestRepository().published("other");
    TestClient moved = new TestClient(folder, other.stored("1.root.json"), other);
    assertThat(moved.look().map(TrustedTarget::sha256)).contains(file("other").sha256());
  }

  @Test
  void shouldSayWhatTheRepositoryLacks() {
    repository.files.remove("1.snapshot.json");
    assertThatThrownBy(device()::look)
        .isInstanceOf(MissingMetadataException.class)
        .hasMessage("snapshot: the repository has no 1.snapshot.json");
  }

  @Test
  void shouldSayWhatIsMalformed() {
    repository.files.put(
        "timestamp.json", "{\"signed\":{},\"signatures\":[]}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(device()::look)
        .isInstanceOf(MalformedMetadataException.class)
        .hasMessageStartingWith("timestamp: ")
        .hasMessageContaining("_type");
  }

  @Test
  void shouldNameTheFileOfAConsistentSnapshot() {
    assertThat(new TrustedTarget("student/stable/latest.json", 3, "ab").consistentPath())
        .isEqualTo("student/stable/ab.latest.json");
    assertThat(new TrustedTarget("latest.json", 3, "ab").consistentPath())
        .isEqualTo("ab.latest.json");
    assertThat(STABLE.artifact(12)).isEqualTo("student/stable/12.onnx");
  }

  private TestClient device() {
    return new TestClient(folder, repository.stored("1.root.json"), repository);
  }
}
