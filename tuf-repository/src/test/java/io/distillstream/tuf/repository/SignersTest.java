package io.distillstream.tuf.repository;

import static io.distillstream.tuf.repository.TestRepository.BETA;
import static io.distillstream.tuf.repository.TestRepository.STABLE;
import static io.distillstream.tuf.repository.TestRepository.bytes;
import static io.distillstream.tuf.repository.TestRepository.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.TrustedStore;
import io.distillstream.tuf.TrustedTarget;
import io.distillstream.tuf.refusal.MalformedMetadataException;
import io.distillstream.tuf.refusal.MissingMetadataException;
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.SignatureThresholdException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From keys to a device: the operator, two channels, and whoever signs what is current. */
class SignersTest {

  @TempDir private Path folder;

  private final SettableClock clock = new SettableClock();
  private final Map<String, byte[]> mirror = new HashMap<>();
  private TrustFolder trust = new TrustFolder(Path.of(""));

  @BeforeEach
  void shouldBeginARepository() throws Exception {
    trust = new TrustFolder(folder.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE, BETA), 2, 2, Expiries.DEFAULTS, clock);
  }

  @Test
  void shouldTakeAnUpdateFromAChannelToADevice() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    byte[] first = publish(STABLE, null, 1, "one");
    signer.offer(STABLE.role(), first);
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "one"));
    assertThat(look(BETA, folder.resolve("beta"))).isEmpty();

    signer.offer(STABLE.role(), publish(STABLE, first, 2, "two"));
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "two"));
  }

  @Test
  void shouldWriteWhatNamesOthersAfterThem() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    signer.offer(STABLE.role(), publish(STABLE, null, 1, "one"));

    assertThat(signer.sign().orElseThrow().byName().keySet())
        .containsExactly(
            "1.root.json",
            "1.targets.json",
            "1.student-stable.json",
            "1.snapshot.json",
            "timestamp.json");
    assertThat(signer.sign()).isEmpty();
  }

  @Test
  void shouldRefuseWhatTheDelegationDoesNotCover() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    byte[] stable = publish(STABLE, null, 1, "one");

    assertThatThrownBy(() -> signer.offer(BETA.role(), stable))
        .isInstanceOf(SignatureThresholdException.class);
    assertThatThrownBy(() -> signer.offer("student-other", stable))
        .isInstanceOf(MalformedMetadataException.class)
        .hasMessage("student-other: nobody delegates to this role");
    byte[] foreign =
        new ChannelSigner(STABLE, KeyFile.read(trust.key(BETA.role())), Expiries.DEFAULTS, 3, clock)
            .publish(null, 1, bytes("bad"), file("bad"));
    assertThatThrownBy(() -> signer.offer(BETA.role(), foreign))
        .isInstanceOf(MalformedMetadataException.class)
        .hasMessage(
            "student-beta: it vouches for student/stable/1.onnx, with which it is not trusted");
  }

  @Test
  void shouldRefuseAChannelThatGoesBack() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    byte[] first = publish(STABLE, null, 1, "one");
    signer.offer(STABLE.role(), publish(STABLE, first, 2, "two"));

    assertThatThrownBy(() -> signer.offer(STABLE.role(), first))
        .isInstanceOf(RollbackException.class)
        .hasMessage("student-stable: its version is 1, version 2 was published before");
  }

  @Test
  void shouldKeepTheArtifactsOfAWindowOfVersions() throws Exception {
    byte[] metadata = publish(STABLE, null, 8, "v8");
    for (long version : new long[] {9, 11, 12}) {
      metadata = publish(STABLE, metadata, version, "v" + version);
    }
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    signer.offer(STABLE.role(), metadata);
    show(signer);

    TrustedMetadata device = refreshed(folder.resolve("device"));
    assertThat(device.find(STABLE.artifact(8))).isEmpty();
    for (long version : new long[] {9, 11, 12}) {
      assertThat(device.find(STABLE.artifact(version)).map(TrustedTarget::sha256))
          .contains(file("artifact of v" + version).sha256());
    }
  }

  /** A roll-back is a new version that points at a file of before. */
  @Test
  void shouldRollAModelBackUnderANewVersion() throws Exception {
    ChannelSigner channel = channel(STABLE);
    byte[] first = channel.publish(null, 1, bytes("one"), file("old artifact"));
    byte[] second = channel.publish(first, 2, bytes("two"), file("bad artifact"));
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    signer.offer(STABLE.role(), second);
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "two"));

    signer.offer(
        STABLE.role(), channel.publish(second, 3, bytes("back to one"), file("old artifact")));
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "back to one"));
    assertThat(refreshed(folder.resolve("device")).find(STABLE.artifact(3)))
        .map(TrustedTarget::sha256)
        .contains(file("old artifact").sha256());
  }

  @Test
  void shouldSignNothingThatAnotherKeyVouchedFor() throws Exception {
    KeyFile stranger = new KeyFile(SigningKey.generate(), List.of());
    byte[] planted =
        new ChannelSigner(STABLE, stranger, Expiries.DEFAULTS, 3, clock)
            .publish(null, 7, bytes("bad"), file("bad"));

    byte[] next = publish(STABLE, planted, 8, "eight");

    RepositorySigner signer = signer(RepositoryFiles.NONE);
    signer.offer(STABLE.role(), next);
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "eight"));
    assertThat(refreshed(folder.resolve("device")).find(STABLE.artifact(7))).isEmpty();
  }

  @Test
  void shouldRenewBeforeAnythingExpires() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    byte[] first = publish(STABLE, null, 1, "one");
    signer.offer(STABLE.role(), first);
    show(signer);

    clock.passes(Duration.ofHours(11));
    assertThat(signer.sign()).isEmpty();
    clock.passes(Duration.ofHours(2));
    show(signer);
    assertThat(channel(STABLE).renewed(first)).isEmpty();

    clock.passes(Duration.ofDays(3));
    byte[] renewed = channel(STABLE).renewed(first).orElseThrow();
    clock.passes(Duration.ofDays(6));
    signer.offer(STABLE.role(), renewed);
    show(signer);
    assertThat(look(STABLE)).contains(target(STABLE, "one"));
  }

  @Test
  void shouldWarnOfWhatOnlyAnOperatorCanRenew() throws Exception {
    RepositorySigner signer = signer(RepositoryFiles.NONE);
    clock.passes(Duration.ofDays(75));
    assertThat(signer.warning()).isEmpty();
    clock.passes(Duration.ofDays(2));
    assertThat(signer.warning())
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .startsWith("The metadata of role targets expires at 2026-05-30T12:00:00Z")
                    .endsWith("run keys renew"));
  }

  @Test
  void shouldGoOnFromWhatWasPublishedBeforeAndNeverGiveAVersionAwayTwice() throws Exception {
    RepositorySigner before = signer(RepositoryFiles.NONE);
    before.offer(STABLE.role(), publish(STABLE, null, 1, "one"));
    show(before);
    assertThat(look(STABLE)).isPresent();

    RepositorySigner after = signer(RepositoryFiles.of(mirror));
    show(after);
    assertThat(mirror).containsKey("2.snapshot.json").containsKey("1.student-stable.json");
    assertThat(look(STABLE)).contains(target(STABLE, "one"));
  }

  private ChannelSigner channel(ChannelTargets channel) throws IOException, KeyException {
    return new ChannelSigner(
        channel, KeyFile.read(trust.key(channel.role())), Expiries.DEFAULTS, 3, clock);
  }

  private byte[] publish(
      ChannelTargets channel, byte @Nullable [] previous, long version, String manifest)
      throws IOException, KeyException {
    return channel(channel)
        .publish(previous, version, bytes(manifest), file("artifact of " + manifest));
  }

  private RepositorySigner signer(RepositoryFiles published) throws IOException, KeyException {
    return new RepositorySigner(trust, Expiries.DEFAULTS, clock, published);
  }

  private void show(RepositorySigner signer) throws IOException, KeyException {
    mirror.clear();
    mirror.putAll(signer.sign().orElseThrow().byName());
  }

  private Optional<TrustedTarget> look(ChannelTargets channel) throws IOException, TufException {
    return look(channel, folder.resolve("device"));
  }

  private Optional<TrustedTarget> look(ChannelTargets channel, Path device)
      throws IOException, TufException {
    try {
      return refreshed(device).find(channel.manifest());
    } catch (MissingMetadataException e) {
      return Optional.empty();
    }
  }

  private TrustedMetadata refreshed(Path device) throws IOException, TufException {
    TrustedMetadata metadata =
        TrustedMetadata.open(
            Files.readAllBytes(trust.trustedRoot()),
            new TrustedStore(device),
            (name, maxBytes) -> Optional.ofNullable(mirror.get(name)),
            clock);
    metadata.refresh();
    return metadata;
  }

  private static TrustedTarget target(ChannelTargets channel, String manifest) {
    return new TrustedTarget(channel.manifest(), file(manifest).length(), file(manifest).sha256());
  }
}
