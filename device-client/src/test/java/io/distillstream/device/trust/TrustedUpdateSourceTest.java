package io.distillstream.device.trust;

import static io.distillstream.device.trust.FakeRepository.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.device.transport.UpdateSource;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.ManifestJson;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedUpdateSourceTest {

  @TempDir private Path folder;

  private final AtomicLong nanos = new AtomicLong();

  @SuppressWarnings("NullAway.Init") // Before each test.
  private FakeRepository repository;

  @BeforeEach
  void beginRepository() throws Exception {
    repository = new FakeRepository(folder.resolve("trust"));
  }

  @Test
  void shouldGiveWhatTheMetadataVouchesForOnce() throws Exception {
    try (UpdateSource source = source(repository.root())) {
      assertThat(poll(source)).isEmpty();
      repository.publish(manifest(7));
      assertThat(poll(source)).containsExactly(manifest(7));
      assertThat(poll(source)).isEmpty();
      repository.publish(manifest(8));
      assertThat(poll(source)).containsExactly(manifest(8));
    }
  }

  /** Whoever can write to the transport says there is a version 99; nobody signed it. */
  @Test
  void shouldGiveNothingThatNobodyVouchesFor() throws Exception {
    repository.publish(manifest(7));
    try (UpdateSource source = source(repository.root())) {
      repository.offers.add(manifest(99));
      assertThat(poll(source)).containsExactly(manifest(7));
      assertThat(poll(source)).isEmpty();
    }
  }

  @Test
  void shouldRefuseBytesOtherThanThoseSigned() throws Exception {
    repository.publish(manifest(7));
    byte[] signed = ManifestJson.write(manifest(7));
    byte[] other = ManifestJson.write(manifest(8));
    repository.targets.put(Sha256.hex(signed), other);
    try (UpdateSource source = source(repository.root())) {
      assertThatThrownBy(() -> poll(source))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("the metadata is not trusted: student/stable/latest.json: ");
      repository.targets.put(Sha256.hex(signed), signed);
      assertThat(poll(source)).containsExactly(manifest(7));
    }
  }

  @Test
  void shouldWaitForAManifestThatIsNotThereYet() throws Exception {
    repository.publish(manifest(7));
    byte[] json = ManifestJson.write(manifest(7));
    repository.targets.clear();
    try (UpdateSource source = source(repository.root())) {
      assertThat(poll(source)).isEmpty();
      repository.targets.put(Sha256.hex(json), json);
      assertThat(poll(source)).containsExactly(manifest(7));
    }
  }

  /** An idle device asks seldom, one that heard of news asks until the news is vouched for. */
  @Test
  void shouldLookWhenThereIsNewsAndSeldomOtherwise() throws Exception {
    repository.publish(manifest(7));
    try (UpdateSource source = source(repository.root())) {
      poll(source);
      int looks = repository.looks;
      poll(source);
      assertThat(repository.looks).isEqualTo(looks);
      nanos.addAndGet(Duration.ofMinutes(10).toNanos());
      poll(source);
      assertThat(repository.looks).isEqualTo(looks + 1);

      repository.offers.add(manifest(99));
      poll(source);
      poll(source);
      assertThat(repository.looks).isEqualTo(looks + 3);
      nanos.addAndGet(Duration.ofSeconds(31).toNanos());
      poll(source);
      assertThat(repository.looks).isEqualTo(looks + 3);
    }
  }

  @Test
  void shouldLookAgainOnceTheNetworkIsBack() throws Exception {
    repository.publish(manifest(7));
    try (UpdateSource source = source(repository.root())) {
      repository.away = true;
      assertThatThrownBy(() -> poll(source)).hasMessage("the network is away");
      nanos.addAndGet(Duration.ofSeconds(31).toNanos());
      assertThatThrownBy(() -> poll(source)).hasMessage("the network is away");
      repository.away = false;
      assertThat(poll(source)).containsExactly(manifest(7));
    }
  }

  @Test
  void shouldRefuseARootThatIsNone() {
    TrustedRoot none = TrustedRoot.of("{}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> source(none))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The device's root cannot be trusted: root: ");
  }

  @Test
  void shouldRefuseATransportThatCarriesNoMetadata() {
    UpdateSource plain =
        new UpdateSource() {
          @Override
          public List<UpdateManifest> poll(Duration patience) {
            return List.of();
          }

          @Override
          public void fetch(ArtifactRef artifact, Path target) {}

          @Override
          public void close() {}
        };
    assertThatThrownBy(
            () -> TrustedUpdateSource.open(plain, "student", "stable", repository.root(), folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("carries no metadata");
  }

  private UpdateSource source(TrustedRoot root) throws IOException {
    return TrustedUpdateSource.open(
        repository, "student", "stable", root, folder.resolve("device"), nanos::get);
  }

  private static List<UpdateManifest> poll(UpdateSource source) throws IOException {
    return source.poll(Duration.ZERO);
  }
}
