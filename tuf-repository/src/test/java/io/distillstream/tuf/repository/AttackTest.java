package io.distillstream.tuf.repository;

import static io.distillstream.tuf.repository.TestRepository.BETA;
import static io.distillstream.tuf.repository.TestRepository.NOW;
import static io.distillstream.tuf.repository.TestRepository.STABLE;
import static io.distillstream.tuf.repository.TestRepository.bytes;
import static io.distillstream.tuf.repository.TestRepository.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.metadata.MetaFile;
import io.distillstream.tuf.refusal.ExpiredMetadataException;
import io.distillstream.tuf.refusal.MissingMetadataException;
import io.distillstream.tuf.refusal.MixAndMatchException;
import io.distillstream.tuf.refusal.OversizedMetadataException;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.SignatureThresholdException;
import io.distillstream.tuf.refusal.UntrustedTargetException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The attacks of the specification's section 1.5.2, one test each. Slow retrieval is in {@code
 * BoundedReadTest}; extraneous dependencies do not apply, since a model depends on no other target.
 */
class AttackTest {

  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  private final TestRepository repository = new TestRepository().published("one");
  private TestClient device = new TestClient(Path.of(""), new byte[0], repository);

  @BeforeEach
  void shouldTrustWhatIsSound() throws Exception {
    device = new TestClient(folder, repository.stored("1.root.json"), repository);
    assertThat(device.look()).contains(target("one"));
  }

  @Test
  void shouldRefuseArbitrarySoftware() throws Exception {
    TrustedTarget manifest = device.look().orElseThrow();
    assertThatThrownBy(() -> manifest.check(bytes("bad")))
        .isInstanceOf(UntrustedTargetException.class)
        .hasMessageStartingWith("student/stable/latest.json: its SHA-256 is");
    assertThatThrownBy(() -> manifest.check(bytes("longer")))
        .isInstanceOf(UntrustedTargetException.class)
        .hasMessageContaining("it has 6 bytes, the metadata says 3");

    List<SigningKey> strangers = List.of(SigningKey.generate());
    repository.channel(STABLE, 2, Map.of(STABLE.manifest(), file("bad")), strangers);
    repository.snapshotAndTimestamp();
    assertThatThrownBy(device::look)
        .isInstanceOf(SignatureThresholdException.class)
        .hasMessage("student-stable: 0 valid signatures by keys of the role, it takes 1");
  }

  @Test
  void shouldRefuseEndlessData() {
    repository.files.put("timestamp.json", new byte[16_385]);
    assertThatThrownBy(device::look)
        .isInstanceOf(OversizedMetadataException.class)
        .hasMessage("timestamp: longer than the 16384 bytes allowed");

    repository.publish(2, "two");
    byte[] snapshot = repository.stored("2.snapshot.json");
    byte[] longer = Arrays.copyOf(snapshot, snapshot.length + 1);
    repository.files.put("2.snapshot.json", longer);
    assertThatThrownBy(device::look).isInstanceOf(OversizedMetadataException.class);
  }

  @Test
  void shouldRecoverFromAFastForwardByReplacingTheKeys() throws Exception {
    // With the keys of snapshot and timestamp, somebody drives the versions to the last one.
    repository.snapshotVersion = (1L << 53) - 1;
    repository.timestampVersion = (1L << 53) - 1;
    repository.snapshotAndTimestamp();
    assertThat(device.look()).contains(target("one"));
    repository.snapshotVersion = 1;
    repository.timestampVersion = 1;
    repository.publish(2, "two");
    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessageStartingWith("timestamp: its version is 2, version 9007199254740992 was");

    repository.keys.put("snapshot", List.of(SigningKey.generate()));
    repository.keys.put("timestamp", List.of(SigningKey.generate()));
    repository.root(repository.keys("root"));
    repository.snapshotAndTimestamp();
    assertThat(device.look()).contains(target("two"));
  }

  @Test
  void shouldNoticeAnIndefiniteFreeze() throws Exception {
    device.passes(DAY.minusSeconds(1));
    assertThat(device.look()).contains(target("one"));

    device.passes(Duration.ofSeconds(1));
    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessage(
            "timestamp: version 1 expired at 2026-03-02T12:00:00Z, it is 2026-03-02T12:00:00Z");
  }

  @Test
  void shouldNoticeAFreezeByATimestampThatIsHeldBack() throws Exception {
    assertThat(device.look()).contains(target("one"));
    repository.files.remove("timestamp.json");
    assertThatThrownBy(device::look).isInstanceOf(MissingMetadataException.class);

    device.passes(DAY);
    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessageStartingWith("timestamp: version 1 expired");
  }

  /** Whoever signs snapshot and timestamp can hold up a channel, and no longer than its expiry. */
  @Test
  void shouldNoticeThatOneChannelIsFrozen() throws Exception {
    device.passes(Duration.ofDays(7));
    repository.signedAt = NOW.plus(Duration.ofDays(7));
    repository.snapshotAndTimestamp();

    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessageStartingWith("student-stable: version 1 expired");
  }

  @Test
  void shouldNoticeThatTheRootIsFrozen() {
    device.passes(Duration.ofDays(365));
    repository.signedAt = NOW.plus(Duration.ofDays(365));
    repository.targets();
    repository.publish(2, "two");

    assertThatThrownBy(device::look)
        .isInstanceOf(ExpiredMetadataException.class)
        .hasMessageStartingWith("root: version 1 expired");
  }

  @Test
  void shouldRefuseMixAndMatch() {
    byte[] oldSnapshot = repository.stored("1.snapshot.json");
    byte[] oldChannel = repository.stored("1.student-stable.json");
    repository.publish(2, "two");

    byte[] channel = repository.files.put("2.student-stable.json", oldChannel);
    assertThatThrownBy(device::look)
        .isInstanceOf(MixAndMatchException.class)
        .hasMessageStartingWith("student-stable: ");

    repository.files.put("2.student-stable.json", channel);
    repository.publish(3, "three");
    repository.files.put("3.snapshot.json", oldSnapshot);
    assertThatThrownBy(device::look)
        .isInstanceOf(MixAndMatchException.class)
        .hasMessageStartingWith("snapshot: ");
  }

  @Test
  void shouldRefuseToRollTheTimestampBack() throws Exception {
    byte[] old = repository.stored("timestamp.json");
    repository.publish(2, "two");
    assertThat(device.look()).contains(target("two"));

    repository.files.put("timestamp.json", old);
    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessage("timestamp: its version is 1, version 2 was trusted before");
  }

  /** With a stolen timestamp key. */
  @Test
  void shouldRefuseToRollTheSnapshotBack() throws Exception {
    repository.publish(2, "two");
    assertThat(device.look()).contains(target("two"));

    repository.timestamp(
        MetaFile.of(1, repository.stored("1.snapshot.json")), repository.keys("timestamp"));
    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessage("snapshot: its version is 1, version 2 was trusted before");
  }

  /** With stolen keys of snapshot and timestamp: an old model cannot come back. */
  @Test
  void shouldRefuseToRollTargetsBack() throws Exception {
    MetaFile first = repository.meta.get(STABLE.role());
    repository.publish(2, "two");
    assertThat(device.look()).contains(target("two"));

    repository.meta.put(STABLE.role(), first);
    repository.snapshotAndTimestamp();
    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessage("student-stable: its version is 1, version 2 was trusted before");

    repository.meta.remove(STABLE.role());
    repository.snapshotAndTimestamp();
    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessage("snapshot: it no longer names the role student-stable");
  }

  /** Another channel's key vouches for nothing of this one. */
  @Test
  void shouldRefuseWrongSoftware() throws Exception {
    repository.channel(
        BETA, 2, Map.of(STABLE.manifest(), file("beta")), repository.keys(BETA.role()));
    repository.channel(STABLE, 2, Map.of(), repository.keys(STABLE.role()));
    repository.snapshotAndTimestamp();

    assertThat(device.look()).isEmpty();
    assertThat(repository.asked).doesNotContain("2.student-beta.json");
  }

  @Test
  void shouldWithstandStolenKeysBelowTheThreshold() throws Exception {
    List<SigningKey> three =
        List.of(SigningKey.generate(), SigningKey.generate(), SigningKey.generate());
    repository.keys.put(STABLE.role(), three);
    repository.stableThreshold = 2;
    repository.targets();
    repository.publish(2, "two");
    assertThat(device.look()).contains(target("two"));

    List<SigningKey> stolen = List.of(three.get(1), three.get(1));
    repository.channel(STABLE, 3, Map.of(STABLE.manifest(), file("bad")), stolen);
    repository.snapshotAndTimestamp();
    assertThatThrownBy(device::look)
        .isInstanceOf(SignatureThresholdException.class)
        .hasMessage("student-stable: 1 valid signatures by keys of the role, it takes 2");
  }

  @Test
  void shouldTakeNoRootThatTheOneBeforeDidNotSign() throws Exception {
    List<SigningKey> old = repository.keys("root");
    List<SigningKey> others = List.of(SigningKey.generate());
    repository.keys.put("root", others);
    repository.root(others);
    assertThatThrownBy(device::look)
        .isInstanceOf(SignatureThresholdException.class)
        .hasMessageStartingWith("root: ");

    repository.rootVersion = 1;
    repository.root(old);
    assertThatThrownBy(device::look).isInstanceOf(SignatureThresholdException.class);

    repository.rootVersion = 1;
    List<SigningKey> both = new ArrayList<>(old);
    both.addAll(others);
    repository.root(both);
    assertThat(device.look()).contains(target("one"));
  }

  @Test
  void shouldTakeNoRootOutOfTurn() {
    repository.rootVersion = 2;
    repository.files.put("2.root.json", repository.root(repository.keys("root")));

    assertThatThrownBy(device::look)
        .isInstanceOf(RollbackException.class)
        .hasMessage("root: its version is 3, only 2 may follow 1");
  }

  private static TrustedTarget target(String content) {
    return new TrustedTarget(STABLE.manifest(), file(content).length(), file(content).sha256());
  }
}
