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
import io.distillstream.tuf.refusal.RollbackException;
import io.distillstream.tuf.refusal.TufException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel's key is revoked beside a running signer, which sees one file after the other. */
class RevocationTest {

  @TempDir private Path folder;

  private final SettableClock clock = new SettableClock();
  private final Map<String, byte[]> mirror = new HashMap<>();

  /** Where the operator works, and where the signer finds what was brought there. */
  private Path operator = Path.of("");

  private Path signers = Path.of("");
  private byte[] firstRoot = {};

  @BeforeEach
  void shouldTrustTheThirdVersion() throws Exception {
    operator = folder.resolve("operator");
    signers = folder.resolve("signer");
    NewRepository.create(
        new TrustFolder(operator), List.of(STABLE, BETA), 1, 1, Expiries.DEFAULTS, clock);
    firstRoot = Files.readAllBytes(new TrustFolder(operator).trustedRoot());
    bring("");
    RepositorySigner signer = signer();
    byte[] one = channel(STABLE).publish(null, 1, bytes("one"), file("one"));
    byte[] two = channel(STABLE).publish(one, 2, bytes("two"), file("two"));
    signer.offer(STABLE.role(), channel(STABLE).publish(two, 3, bytes("three"), file("three")));
    signer.offer(BETA.role(), channel(BETA).publish(null, 1, bytes("beta"), file("beta")));
    show(signer);
    assertThat(look(STABLE)).contains(file("three").sha256());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root targets keys",
        "targets root keys",
        "targets keys root",
        "keys targets root",
        "targets,root,keys"
      })
  void shouldBeginAChannelAnewInWhateverOrderTheSignerSeesTheChange(String order) throws Exception {
    RepositorySigner signer = signer();
    authority().revoke(STABLE.role());

    for (String part : order.split(" ", -1)) {
      bring(part);
      takeOver(signer);
    }

    assertTakesUpVersionOne(signer);
  }

  /** As after a signing that failed since keys and root were not of one change. */
  @ParameterizedTest
  @ValueSource(strings = {"root targets keys", "targets root keys"})
  void shouldBeginAChannelAnewWhereTheSignerStartsAnewInTheMiddle(String order) throws Exception {
    authority().revoke(STABLE.role());

    for (String part : order.split(" ", -1)) {
      bring(part);
      takeOver(signer());
    }

    assertTakesUpVersionOne(signer());
  }

  /** A device that had seen it would hold every later snapshot to the revoked key's version. */
  @Test
  void shouldPublishNoSnapshotOfHalfAChange() throws Exception {
    RepositorySigner signer = signer();
    authority().revoke(STABLE.role());
    bring("root");
    assertThat(signer.reload()).isTrue();
    bring("targets");
    bring("keys");

    assertThat(signer.sign()).isEmpty();

    assertThat(signer.reload()).isTrue();
    show(signer);
    assertThat(mirror).doesNotContainKey("3.student-stable.json");
    assertThat(look(BETA)).contains(file("beta").sha256());
    assertTakesUpVersionOne(signer);
  }

  /** The root may be brought with all keys, long before the targets, where somebody copies them. */
  @Test
  void shouldTellThatDevicesAreHeldToWhatARevokedKeySigned() throws Exception {
    RepositorySigner signer = signer();
    authority().revoke(STABLE.role());
    bring("root");
    bring("keys");
    signer.reload();
    show(signer);
    assertThat(look(STABLE)).contains(file("three").sha256());
    bring("targets");
    signer.reload();
    show(signer);
    assertThat(look(BETA)).as("another channel goes on").contains(file("beta").sha256());
    byte[] again = channel(STABLE).publish(null, 1, bytes("again"), file("again"));
    assertThatThrownBy(() -> signer.offer(STABLE.role(), again))
        .isInstanceOf(RollbackException.class);
    assertThat(signer.isTrusted(STABLE.role())).isFalse();
    assertThat(signer.isTrusted(BETA.role())).isTrue();

    authority().revoke(STABLE.role());
    bring("");
    signer.reload();
    assertTakesUpVersionOne(signer);
    assertThat(signer.isTrusted(STABLE.role())).isTrue();
  }

  @Test
  void shouldEndARevocationThatWasCutShortByAnother() throws Exception {
    RepositorySigner signer = signer();
    Authority authority = authority();
    Path obstacle = Files.createDirectories(operator.resolve("metadata/2.root.json/obstacle"));
    assertThatThrownBy(() -> authority.revoke(STABLE.role())).isInstanceOf(IOException.class);
    Files.delete(obstacle);
    Files.delete(obstacle.getParent());
    assertThat(authority().targets().version())
        .as("no root is written before the targets that go with it")
        .isEqualTo(2);
    bring("");
    takeOver(signer);

    authority().revoke(STABLE.role());
    bring("");
    takeOver(signer);
    assertTakesUpVersionOne(signer);
  }

  private void assertTakesUpVersionOne(RepositorySigner signer) throws Exception {
    signer.offer(STABLE.role(), channel(STABLE).publish(null, 1, bytes("again"), file("again")));
    show(signer);
    assertThat(mirror).containsKey("1.student-stable.json");
    assertThat(look(STABLE)).contains(file("again").sha256());
    assertThat(look(BETA)).contains(file("beta").sha256());
  }

  /** One round of the signer's, and a device that looks at what comes of it. */
  private void takeOver(RepositorySigner signer) throws IOException {
    try {
      signer.reload();
      signer.sign().ifPresent(this::show);
    } catch (KeyException e) {
      assertThat(e).as("in the middle of a change").hasMessageContaining("is not the key");
    }
    try {
      look(STABLE);
    } catch (TufException e) {
      assertThat(e).as("until the channel publishes again").hasMessageContaining(STABLE.role());
    }
  }

  /** Copies a part of the operator's folder, or all of it, to the signer's. */
  private void bring(String part) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(operator)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      String name = operator.relativize(file).toString();
      boolean key = name.startsWith("keys");
      if (part.isEmpty()
          || (part.contains("keys") && key)
          || (part.contains("root") && name.endsWith("root.json"))
          || (part.contains("targets") && name.endsWith("targets.json"))) {
        Path copy = signers.resolve(name);
        Files.createDirectories(copy.getParent());
        Files.copy(
            file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private Authority authority() throws IOException, KeyException {
    return Authority.open(new TrustFolder(operator), Expiries.DEFAULTS, clock);
  }

  private ChannelSigner channel(ChannelTargets channel) throws IOException, KeyException {
    return new ChannelSigner(
        channel,
        KeyFile.read(new TrustFolder(operator).key(channel.role())),
        Expiries.DEFAULTS,
        3,
        clock);
  }

  private RepositorySigner signer() throws IOException, KeyException {
    return new RepositorySigner(
        new TrustFolder(signers),
        Expiries.DEFAULTS,
        clock,
        RepositoryFiles.of(new HashMap<>(mirror)));
  }

  private void show(RepositorySigner signer) throws IOException, KeyException {
    show(signer.sign().orElseThrow());
  }

  private void show(RepositoryFiles files) {
    mirror.clear();
    mirror.putAll(files.byName());
  }

  private Optional<String> look(ChannelTargets channel) throws IOException, TufException {
    TrustedMetadata metadata =
        TrustedMetadata.open(
            firstRoot,
            new TrustedStore(folder.resolve("device")),
            (name, maxBytes) -> Optional.ofNullable(mirror.get(name)),
            clock);
    metadata.refresh();
    return metadata.find(channel.manifest()).map(TrustedTarget::sha256);
  }
}
