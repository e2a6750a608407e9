package io.distillstream.device;

import static io.distillstream.device.TestUpdates.DELTA;
import static io.distillstream.device.TestUpdates.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.delta.DeltaWriter;
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
  @TempDir Path home;
  private final MemoryTransport source = new MemoryTransport();
  private final TestUpdates updates = new TestUpdates(source);
  private final List<Installation> installations = new ArrayList<>();
  private Incumbent incumbent;
  private ModelSlot slot;
  private Installer installer;

  @BeforeEach
  void open() throws IOException {
    DeviceSettings settings = DeviceSettings.of("d1", "glosses", "stable", home);
    Reporter reporter = new Reporter("d1", () -> 0, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    incumbent = Incumbent.open(settings, reporter);
    slot = incumbent.slot();
    installer = new Installer(settings, incumbent, reporter, listener());
  }

  private DeviceListener listener() {
    return new DeviceListener() {
      @Override
      public void installed(Installation installation) {
        installations.add(installation);
      }
    };
  }

  @AfterEach
  void close() throws IOException {
    incumbent.close();
  }

  @Test
  void shouldMakeTheNextVersionOfTheInstalledOne() throws IOException {
    install(updates.update(1));

    install(updates.update(2, updates.delta(1)));

    assertThat(slot.version()).isEqualTo(2);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1);
    assertThat(installations)
        .extracting(Installation::bytesFetched)
        .containsExactly((long) TestModels.model(1).length, updates.delta(1).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldApplyOneDeltaAfterTheOther() throws IOException {
    install(updates.update(1));

    install(updates.update(3, updates.delta(0), updates.delta(1), updates.delta(2)));

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, DELTA + 2);
    assertThat(installations.get(1).bytesFetched())
        .isEqualTo(updates.delta(1).file().sizeBytes() + updates.delta(2).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldFetchNothingOfWhatItHas() throws IOException {
    install(updates.update(1));

    // Every third model is the same.
    install(updates.update(4));

    assertThat(slot.version()).isEqualTo(4);
    assertThat(source.fetched()).containsExactly(WHOLE + 1);
    assertThat(installations.get(1).bytesFetched()).isZero();
  }

  @Test
  void shouldFetchTheWholeWhereDeltasDoNotLeadThere() throws IOException {
    install(updates.update(1));
    long whole = TestModels.model(3).length;

    install(updates.update(2, codec(updates.delta(1), "of-the-future")));
    install(updates.update(3, withSizes(updates.delta(2), whole, whole)));
    install(updates.update(4, withSizes(updates.delta(3), 1 << 30, 100)));
    install(updates.update(5, updates.delta(1), updates.delta(2)));

    assertThat(source.fetched())
        .containsExactly(WHOLE + 1, WHOLE + 2, WHOLE + 3, WHOLE + 4, WHOLE + 5);
  }

  @Test
  void shouldFetchTheWholeWhereADeltaIsDamagedOrGone() throws IOException {
    install(updates.update(1));
    DeltaRef damaged = updates.delta(1);
    UpdateManifest second = updates.update(2, damaged);
    byte[] other = DeltaWriter.deflated(TestModels.model(1), TestModels.model(2));
    other[other.length - 1]++;
    source.store(damaged.file(), other);
    see(second);

    DeltaRef gone = updates.delta(2);
    UpdateManifest third = updates.update(3, gone);
    source.remove(gone.file());
    see(third);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, WHOLE + 2, WHOLE + 3);
    assertNothingElseIsInTheFolder();
  }

  /** A roll-back is a new version of an old file. */
  @Test
  void shouldFetchNothingOfWhatItWouldGoBackTo() throws IOException {
    install(updates.update(1));
    install(updates.update(2));

    install(updates.update(4));

    assertThat(source.fetched()).containsExactly(WHOLE + 1, WHOLE + 2);
  }

  /** Its digest is right, what it makes is not: whoever writes manifests may say anything. */
  @Test
  void shouldFetchTheWholeWhereADeltaMakesSomethingElse() throws IOException {
    install(updates.update(1));
    byte[] another = DeltaWriter.deflated(TestModels.model(1), TestModels.model(3));
    ArtifactRef file = new ArtifactRef(DELTA + "x", another.length, Sha256.hex(another));
    source.store(file, another);
    DeltaRef right = updates.delta(1);
    DeltaRef lying =
        new DeltaRef(
            right.fromSha256(), right.toSha256(), right.toSizeBytes(), right.codec(), file);

    install(updates.update(2, lying));

    assertThat(slot.version()).isEqualTo(2);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + "x", WHOLE + 2);
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldGoOnWithTheDeltasThatItHasAfterARestart() throws IOException {
    install(updates.update(1));
    UpdateManifest third = updates.update(3, updates.delta(1), updates.delta(2));
    source.failFetches(DELTA + 2, 1);
    assertThatThrownBy(() -> see(third)).isInstanceOf(IOException.class);
    assertThat(slot.version()).isEqualTo(1);
    close();
    open();

    see(third);

    assertThat(slot.version()).isEqualTo(3);
    assertThat(source.fetched()).containsExactly(WHOLE + 1, DELTA + 1, DELTA + 2);
    assertThat(installations.get(1).bytesFetched()).isEqualTo(updates.delta(2).file().sizeBytes());
    assertNothingElseIsInTheFolder();
  }

  @Test
  void shouldFetchTheWholeWhereADeltaKeepsFailing() throws IOException {
    install(updates.update(1));
    UpdateManifest second = updates.update(2, updates.delta(1));
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
    install(updates.update(1));
    UpdateManifest third = updates.update(3, updates.delta(1), updates.delta(2));
    source.failFetches(DELTA + 2, 1);
    assertThatThrownBy(() -> see(third)).isInstanceOf(IOException.class);
    assertThat(home).isDirectoryContaining("glob:**delta-*");

    install(updates.update(5));

    assertNothingElseIsInTheFolder();
  }

  private void assertNothingElseIsInTheFolder() {
    assertThat(home).isDirectoryNotContaining("glob:**delta-*");
    assertThat(home).isDirectoryNotContaining("glob:**.part");
    assertThat(home.toFile().list((folder, name) -> name.startsWith("model-")))
        .as("the installed artifact and the one before it")
        .hasSize(2);
  }

  private void install(UpdateManifest update) throws IOException {
    see(update);
    assertThat(slot.version()).isEqualTo(update.version());
  }

  private void see(UpdateManifest update) throws IOException {
    installer.see(update);
    installer.advance(source);
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
