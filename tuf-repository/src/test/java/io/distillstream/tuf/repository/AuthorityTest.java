package io.distillstream.tuf.repository;

import static io.distillstream.tuf.repository.TestRepository.BETA;
import static io.distillstream.tuf.repository.TestRepository.STABLE;
import static io.distillstream.tuf.repository.TestRepository.bytes;
import static io.distillstream.tuf.repository.TestRepository.file;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.tuf.TrustedMetadata;
import io.distillstream.tuf.TrustedStore;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.Timestamp;
import io.distillstream.tuf.metadata.TopLevelRole;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do to keys, as a device sees it that was given the first root. */
class AuthorityTest {

  @TempDir private Path folder;

  private final SettableClock clock = new SettableClock();
  private final Map<String, byte[]> mirror = new HashMap<>();
  private TrustFolder trust = new TrustFolder(Path.of(""));
  private byte[] firstRoot = {};
  private byte[] published = {};

  @BeforeEach
  void shouldTrustTheFirstUpdate() throws Exception {
    trust = new TrustFolder(folder.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE), 3, 2, Expiries.DEFAULTS, clock);
    firstRoot = Files.readAllBytes(trust.trustedRoot());
    published = channel().publish(null, 1, bytes("one"), file("one"));
    RepositorySigner signer = signer();
    signer.offer(STABLE.role(), published);
    show(signer);
    assertThat(look()).contains(file("one").sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"root", "targets", "snapshot", "timestamp", "student-stable"})
  void shouldRotateAnyKeyWithoutAGapForDevices(String role) throws Exception {
    RepositorySigner signer = signer();
    String before = keysOf(role);
    authority().rotate(role);
    assertThat(keysOf(role)).isNotEqualTo(before);

    signer.reload();
    show(signer);
    assertThat(look()).contains(file("one").sha256());

    signer.offer(STABLE.role(), channel().publish(published, 2, bytes("two"), file("two")));
    show(signer);
    assertThat(look()).contains(file("two").sha256());
    assertThat(folder.resolve("trust")).isDirectoryNotContaining("glob:**.next");
  }

  /**
   * As where the signer is started again after the change. Some clients, such as python-tuf, forget
   * what a new key did not sign and nothing else; versions go on for them.
   */
  @ParameterizedTest
  @CsvSource({"snapshot, 5", "timestamp, 1"})
  void shouldRotateAKeyWithoutAGapWhileTheSignerIsDown(String role, long version) throws Exception {
    for (int i = 0; i < 3; i++) {
      show(signer());
    }
    assertThat(mirror).containsKey("4.snapshot.json");
    assertThat(look()).isPresent();

    authority().rotate(role);
    show(signer());
    assertThat(mirror).containsKey("5.snapshot.json");
    Timestamp timestamp =
        SignedMetadata.timestamp(requireNonNull(mirror.get("timestamp.json")))
            .verify(authority().root().keys(TopLevelRole.TIMESTAMP))
            .metadata();
    assertThat(timestamp.version()).isEqualTo(version);
    assertThat(timestamp.snapshot().version()).isEqualTo(5);
    assertThat(look()).isPresent();
  }

  @Test
  void shouldNoLongerTakeWhatARevokedKeySigned() throws Exception {
    RepositorySigner signer = signer();
    ChannelSigner thief = channel();
    authority().revoke(STABLE.role());
    signer.reload();
    show(signer);
    byte[] stolen = thief.publish(published, 2, bytes("bad"), file("bad"));
    assertThatThrownBy(() -> signer.offer(STABLE.role(), stolen))
        .isInstanceOf(SignatureThresholdException.class);

    signer.offer(STABLE.role(), channel().publish(published, 2, bytes("two"), file("two")));
    show(signer);
    assertThat(look()).contains(file("two").sha256());
  }

  /** With the channel's key a thief drives its version up; the next one would be a roll-back. */
  @Test
  void shouldRecoverAChannelFromAFastForward() throws Exception {
    RepositorySigner signer = signer();
    byte[] far =
        MetadataWriter.write(
            new Targets(1L << 53, clock.instant().plus(Duration.ofDays(7)), Map.of(), List.of()),
            List.of(KeyFile.read(trust.key(STABLE.role())).signingKey()));
    signer.offer(STABLE.role(), far);
    show(signer);
    assertThat(look()).isEmpty();
    byte[] next = channel().publish(null, 2, bytes("two"), file("two"));
    assertThatThrownBy(() -> signer.offer(STABLE.role(), next))
        .isInstanceOf(RollbackException.class);

    authority().revoke(STABLE.role());
    signer.reload();
    signer.offer(STABLE.role(), channel().publish(null, 2, bytes("two"), file("two")));
    show(signer);
    assertThat(look()).contains(file("two").sha256());
  }

  @Test
  void shouldDelegateToANewChannelAndToNoneTwice() throws Exception {
    assertThat(authority().add(List.of(STABLE, BETA))).containsExactly(BETA);
    assertThat(authority().add(List.of(STABLE, BETA))).isEmpty();
    assertThat(authority().targets().version()).isEqualTo(2);
    assertThat(trust.key(BETA.role())).exists();
  }

  @Test
  void shouldSignARootWithAsManyKeysAsItTakes() throws Exception {
    Files.delete(trust.rootKey(2));
    authority().rotate("timestamp");
    assertThat(newestRoot().signatures()).hasSize(2);

    Files.delete(trust.rootKey(3));
    assertThatThrownBy(() -> authority().rotate("timestamp"))
        .isInstanceOf(KeyException.class)
        .hasMessage(
            "A new root takes 2 of the root's keys, and there are 1 in %s: bring them back for this"
                .formatted(trust.offlineKeys()));
    authority().rotate(STABLE.role());
  }

  @Test
  void shouldRenewRootAndTargetsBeforeTheyExpire() throws Exception {
    assertThat(authority().renew()).isEmpty();
    clock.passes(Duration.ofDays(46));
    assertThat(authority().renew()).containsExactly("targets");
    clock.passes(Duration.ofDays(140));
    assertThat(authority().renew()).containsExactly("root", "targets");
    RepositorySigner signer = signer();
    signer.offer(STABLE.role(), channel().publish(published, 2, bytes("two"), file("two")));
    show(signer);
    assertThat(look()).contains(file("two").sha256());
  }

  @Test
  void shouldUndoAChangeThatWasCutShort() throws Exception {
    byte[] before = Files.readAllBytes(trust.key("timestamp"));
    trust.prepare(trust.key("timestamp"), SigningKey.generate(), List.of());

    authority();
    assertThat(trust.key("timestamp")).hasBinaryContent(before);
    assertThat(trust.key("timestamp").resolveSibling("timestamp.pem.next")).doesNotExist();
    authority().rotate("timestamp");
  }

  /** A crash between the new root and the new targets: the signer waits, the operator renews. */
  @Test
  void shouldEndAChangeOfTheTargetsKeyThatWasCutShort() throws Exception {
    RepositorySigner signer = signer();
    byte[] targets = trust.targets().file();
    authority().rotate("targets");
    trust.writeTargets(targets);
    assertThatThrownBy(signer::reload)
        .isInstanceOf(KeyException.class)
        .hasMessageStartingWith("The targets in the trust folder are not signed as its root says");
    show(signer);
    assertThat(look()).contains(file("one").sha256());

    assertThat(authority().renew()).containsExactly("targets");
    signer.reload();
    show(signer);
    assertThat(look()).contains(file("one").sha256());
  }

  @Test
  void shouldRefuseWhatItCannotDo() throws Exception {
    assertThatThrownBy(() -> authority().rotate("student-other"))
        .isInstanceOf(KeyException.class)
        .hasMessage(
            "No role 'student-other'; there are root, targets, snapshot, timestamp,"
                + " student-stable");
    assertThatThrownBy(() -> NewRepository.create(trust, List.of(), 1, 1, Expiries.DEFAULTS, clock))
        .hasMessageStartingWith("There is a repository already");
    assertThatThrownBy(
            () ->
                NewRepository.create(
                    new TrustFolder(folder.resolve("b")),
                    List.of(),
                    2,
                    3,
                    Expiries.DEFAULTS,
                    clock))
        .hasMessage("The threshold must be 1 to the number of root keys, 2; is 3");
    assertThatThrownBy(
            () -> Authority.open(new TrustFolder(folder.resolve("b")), Expiries.DEFAULTS, clock))
        .hasMessageEndingWith("begin with keys init");
  }

  private Authority authority() throws IOException, KeyException {
    return Authority.open(trust, Expiries.DEFAULTS, clock);
  }

  private SignedMetadata<?> newestRoot() throws IOException, KeyException {
    return trust.roots().get(trust.roots().size() - 1);
  }

  private String keysOf(String role) throws IOException, KeyException {
    Authority authority = authority();
    for (TopLevelRole topLevel : TopLevelRole.values()) {
      if (topLevel.text().equals(role)) {
        return authority.root().keys(topLevel).keys().keySet().toString();
      }
    }
    return authority.targets().delegations().get(0).keys().keys().keySet().toString();
  }

  private ChannelSigner channel() throws IOException, KeyException {
    return new ChannelSigner(
        STABLE, KeyFile.read(trust.key(STABLE.role())), Expiries.DEFAULTS, 3, clock);
  }

  private RepositorySigner signer() throws IOException, KeyException {
    return new RepositorySigner(
        trust, Expiries.DEFAULTS, clock, RepositoryFiles.of(new HashMap<>(mirror)));
  }

  private void show(RepositorySigner signer) throws IOException, KeyException {
    Map<String, byte[]> files = signer.sign().orElseThrow().byName();
    mirror.clear();
    mirror.putAll(files);
  }

  private Optional<String> look() throws IOException, TufException {
    TrustedMetadata metadata =
        TrustedMetadata.open(
            firstRoot,
            new TrustedStore(folder.resolve("device")),
            (name, maxBytes) -> Optional.ofNullable(mirror.get(name)),
            clock);
    metadata.refresh();
    return metadata.find(STABLE.manifest()).map(target -> target.sha256());
  }
}
