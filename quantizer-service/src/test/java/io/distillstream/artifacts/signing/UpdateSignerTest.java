package io.distillstream.artifacts.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.avro.ModelUpdate;
import io.distillstream.foundation.Sha256;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.metadata.SignedMetadata;
import io.distillstream.tuf.metadata.TargetFile;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.repository.Authority;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.update.ManifestJson;
import io.distillstream.wire.trust.TrustTopic;
import io.distillstream.wire.update.ManifestMapper;
import io.distillstream.wire.update.TestUpdates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateSignerTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final ChannelTargets STABLE = new ChannelTargets("student", "stable");

  @TempDir private Path data;

  private TrustFolder trust = new TrustFolder(Path.of(""));

  @BeforeEach
  void beginRepository() throws Exception {
    trust = new TrustFolder(data.resolve("trust"));
    NewRepository.create(trust, List.of(STABLE), 1, 1, Expiries.DEFAULTS, Clock.systemUTC());
  }

  @Test
  void shouldSignTheManifestThatDevicesRead() throws Exception {
    ModelUpdate signed = signer(NOW).sign(update(7), Optional.empty());

    byte[] manifest = TrustTopic.bytes(signed.getManifest());
    assertThat(ManifestJson.read(manifest).version()).isEqualTo(7);
    assertThat(manifest).isEqualTo(ManifestJson.write(ManifestMapper.manifest(update(7))));
    Targets targets = verified(signed);
    assertThat(targets.version()).isEqualTo(1);
    assertThat(targets.targets())
        .isEqualTo(
            Map.of(
                "student/stable/latest.json",
                new TargetFile(manifest.length, Sha256.hex(manifest)),
                "student/stable/7.onnx",
                new TargetFile(1, "0".repeat(64))));
  }

  @Test
  void shouldCountVersionsUpFromTheUpdateBefore() throws Exception {
    ModelUpdate first = signer(NOW).sign(update(7), Optional.empty());
    ModelUpdate second = signer(NOW).sign(update(9), Optional.of(first));

    assertThat(verified(second).version()).isEqualTo(2);
    assertThat(verified(second).targets())
        .containsKeys("student/stable/7.onnx", "student/stable/9.onnx");
  }

  @Test
  void shouldSignWithTheKeyThatReplacedTheOldOne() throws Exception {
    UpdateSigner signer = signer(NOW);
    ModelUpdate first = signer.sign(update(7), Optional.empty());
    Authority.open(trust, Expiries.DEFAULTS, Clock.systemUTC()).rotate(STABLE.role());
    ModelUpdate second = signer.sign(update(8), Optional.of(first));

    assertThat(verified(second).version()).isEqualTo(2);
    assertThat(second.getTargetsMetadata()).isNotEqualTo(first.getTargetsMetadata());
  }

  @Test
  void shouldRenewWhatWouldExpireOnAQuietChannel() throws Exception {
    ModelUpdate signed = signer(NOW).sign(update(7), Optional.empty());

    assertThat(signer(NOW.plus(Duration.ofDays(3))).renewed(signed)).isEmpty();
    ModelUpdate renewed = signer(NOW.plus(Duration.ofDays(4))).renewed(signed).orElseThrow();
    assertThat(renewed.getVersion()).isEqualTo(7);
    assertThat(renewed.getManifest()).isEqualTo(signed.getManifest());
    assertThat(verified(renewed).version()).isEqualTo(2);
    assertThat(verified(renewed).targets()).isEqualTo(verified(signed).targets());
    assertThat(verified(renewed).expires()).isEqualTo(NOW.plus(Duration.ofDays(11)));
  }

  @Test
  void shouldPublishUnsignedWithoutAKeyAndNothingWithABrokenOne() throws Exception {
    Files.writeString(trust.key(STABLE.role()), "broken");
    assertThatThrownBy(() -> signer(NOW).sign(update(7), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Updates cannot be signed: Expected a PEM block");

    Files.delete(trust.key(STABLE.role()));
    assertThat(signer(NOW).sign(update(7), Optional.empty())).isEqualTo(update(7));
    assertThat(signer(NOW).renewed(update(7))).isEmpty();
  }

  private UpdateSigner signer(Instant now) {
    return new UpdateSigner(
        "student", "stable", new SigningSettings("", 20), data, Clock.fixed(now, ZoneOffset.UTC));
  }

  /** By the delegation, as a device does. */
  private Targets verified(ModelUpdate update) throws Exception {
    return SignedMetadata.targets(STABLE.role(), TrustTopic.bytes(update.getTargetsMetadata()))
        .verify(trust.targets().metadata().delegations().get(0).keys())
        .metadata();
  }

  private static ModelUpdate update(long version) {
    return TestUpdates.update("student", "stable", version).build();
  }
}
