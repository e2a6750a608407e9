package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.delta.DeltaWriter;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates that name deltas. A version's bytes differ from those of the two before it. */
class DeltaInstallTest {
  private static final String WHOLE = "glosses-";
  private static final String DELTA = "delta-";

  @TempDir Path home;
  private final MemoryTransport source = new MemoryTransport();
  private final List<Installation> installations = new ArrayList<>();
  private ModelFolder folder;
  private ModelSlot slot;
  private Installer installer;

  @BeforeEach
  void open() throws IOException {
    folder = ModelFolder.open(home);
    slot = new ModelSlot();
    installer = installer();
  }

  private Installer installer() throws IOException {
    DeviceListener listener =
        new DeviceListener() {
          @Override
          public void installed(Installation installation) {
            installations.add(installation);
          }
        };
    return new Installer(
        DeviceSettings.of("d1", "glosses", "stable", home),
        folder,
        slot,
        () -> 0,
        listener,
        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
  }

  @AfterEach
  void close() throws IOException {
    slot.swap(null);
    folder.close();
  }

  @Test
  void shouldMakeTheNextVersionOfTheInstalledOne() throws IOException {
    install(update(1));

    install(update(2, delta(1)));

    assertThat(slot.version()).isEqualTo(2);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1);
    assertThat(installations)
        .extracting(Installation::bytesFetched)
        .containsExactly((long) TestModels.model(1).length, delta(1).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldApplyOneDeltaAfterTheOther() throws IOException {
    install(update(1));

    install(update(3, delta(0), delta(1), delta(2)));

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, DELTA + 2);
    assertThat(installations.get(1).bytesFetched())
        .isEqualTo(delta(1).file().sizeBytes() + delta(2).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldFetchNothingOfWhatItHas() throws IOException {
    install(update(1));

    // Every third model is the same.
    install(update(4));

    assertThat(slot.version()).isEqualTo(4);
    assertThat(source.fetched()).containsExactly(WHOLE + 1);
    assertThat(installations.get(1).bytesFetched()).isZero();
  }

  @Test
  void shouldFetchTheWholeWhereDeltasDoNotLeadThere() throws IOException {
    install(update(1));
    DeltaRef unknown = codec(delta(1), "of-the-future");
    DeltaRef growing = withSizes(delta(1), 1 << 30, 100);
    DeltaRef large = withSizes(delta(1), TestModels.model(2).length, TestModels.model(2).length);

    install(update(2, unknown));
    install(update(4));
    install(update(5, large));
    install(update(7));
    install(update(8, growing));
    install(update(9, delta(2), delta(0)));

    assertThat(source.fetched())
        .containsExactly(
            WHOLE + 1, WHOLE + 2, WHOLE + 4, WHOLE + 5, WHOLE + 7, WHOLE + 8, WHOLE + 9);
  }

  @Test
  void shouldFetchTheWholeWhereADeltaIsDamagedOrGone() throws IOException {
    install(update(1));
    DeltaRef damaged = delta(1);
    UpdateManifest second = update(2, damaged);
    byte[] other = DeltaWriter.deflated(TestModels.model(1), TestModels.model(2));
    other[other.length - 1]++;
    source.store(damaged.file(), other);
    see(second);

    DeltaRef gone = delta(2);
    UpdateManifest third = update(3, gone);
    source.remove(gone.file());
    see(third);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, WHOLE + 2, WHOLE + 3);
    assertNothingElseIsInTheFolder();
  }

  /** Its digest is right, what it makes is not: whoever writes manifests may say anything. */
  @Test
  void shouldFetchTheWholeWhereADeltaMakesSomethingElse() throws IOException {
    install(update(1));
    byte[] another = DeltaWriter.deflated(TestModels.model(1), TestModels.model(3));
    ArtifactRef file = new ArtifactRef(DELTA + "x", another.length, Sha256.hex(another));
    source.store(file, another);
    DeltaRef right = delta(1);
    DeltaRef lying =
        new DeltaRef(
            right.fromSha256(), right.toSha256(), right.toSizeBytes(), right.codec(), file);

    install(update(2, lying));

    assertThat(slot.version()).isEqualTo(2);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + "x", WHOLE + 2);
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldGoOnWithTheDeltasThatItHasAfterARestart() throws IOException {
    install(update(1));
    UpdateManifest third = update(3, delta(1), delta(2));
    source.failFetches(DELTA + 2, 1);
    assertThatThrownBy(() -> see(third)).isInstanceOf(IOException.class);
    assertThat(slot.version()).isEqualTo(1);
    close();
    open();

    see(third);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, DELTA + 2);
    assertThat(installations.get(1).bytesFetched()).isEqualTo(delta(2).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldFetchTheWholeWhereADeltaKeepsFailing() throws IOException {
    install(update(1));
    UpdateManifest second = update(2, delta(1));
    source.failFetches(DELTA + 1, 100);
    assertThatThrownBy(() -> see(second)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> installer.advance(source)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> installer.advance(source)).isInstanceOf(IOException.class);

    installer.advance(source);

    assertThat(slot.version()).isEqualTo(2);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, WHOLE + 2);
  }

  @Test
  void shouldRemoveDeltasThatItNeedsNoMore() throws IOException {
    install(update(1));
    UpdateManifest third = update(3, delta(1), delta(2));
    source.failFetches(DELTA + 2, 1);
    assertThatThrownBy(() -> see(third)).isInstanceOf(IOException.class);
    assertThat(home).isDirectoryContaining("glob:**delta-*");

    install(update(5));

    assertNothingElseIsInTheFolder();
  }

  private void assertNothingElseIsInTheFolder() {
    assertThat(home).isDirectoryNotContaining("glob:**delta-*");
    assertThat(home).isDirectoryNotContaining("glob:**.part");
    assertThat(home.toFile().list((folder, name) -> name.startsWith("model-"))).hasSize(1);
  }

  private void install(UpdateManifest update) throws IOException {
    see(update);
    assertThat(slot.version()).isEqualTo(update.version());
  }

  private void see(UpdateManifest update) throws IOException {
    installer.see(update);
    installer.advance(source);
  }

  /** Published with its files. */
  private UpdateManifest update(long version, DeltaRef... deltas) {
    byte[] model = TestModels.model(version);
    UpdateManifest whole = TestModels.manifest(version, model);
    source.store(whole.artifact(), model);
    return new UpdateManifest(
        whole.model(),
        whole.channel(),
        whole.version(),
        whole.labelSpace(),
        whole.format(),
        whole.artifact(),
        List.of(deltas),
        whole.probes(),
        whole.recordsTrained(),
        whole.arrivals());
  }

  /** From a version to the next one, published. */
  private DeltaRef delta(long from) {
    byte[] old = TestModels.model(from);
    byte[] fresh = TestModels.model(from + 1);
    byte[] delta = DeltaWriter.deflated(old, fresh);
    ArtifactRef file = new ArtifactRef(DELTA + from, delta.length, Sha256.hex(delta));
    source.store(file, delta);
    return new DeltaRef(Sha256.hex(old), Sha256.hex(fresh), fresh.length, "deflate", file);
  }

  private static DeltaRef codec(DeltaRef delta, String codec) {
    return new DeltaRef(
        delta.fromSha256(), delta.toSha256(), delta.toSizeBytes(), codec, delta.file());
  }

  private static DeltaRef withSizes(DeltaRef delta, long made, long bytes) {
    return new DeltaRef(
        delta.fromSha256(),
        delta.toSha256(),
        made,
        delta.codec(),
        new ArtifactRef(delta.file().location(), bytes, delta.file().sha256()));
  }
}
