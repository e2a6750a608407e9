package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.distillstream.update.UpdateManifest;
import org.junit.jupiter.api.Test;

class PendingUpdatesTest {

  private final PendingUpdates pending = new PendingUpdates(0);

  @Test
  void shouldKeepASoundManifestBesideAForgedOneOfItsVersion() {
    UpdateManifest real = manifest(9, 1);
    UpdateManifest forged = manifest(9, 2);
    pending.see(real);
    pending.see(forged);

    assertThat(pending.next()).hasValue(forged);
    pending.refuse(forged);

    assertThat(pending.next()).hasValue(real);
  }

  @Test
  void shouldNotTryARefusedManifestAgain() {
    pending.see(manifest(9, 1));
    pending.refuse(manifest(9, 1));
    pending.see(manifest(9, 1));

    assertThat(pending.next()).isEmpty();
  }

  @Test
  void shouldCountTheArrivalsOfEachVersionOnce() {
    UpdateManifest refused = manifest(1, 1);
    pending.see(refused);
    pending.see(manifest(1, 2));
    pending.see(manifest(2, 1));
    pending.see(manifest(2, 2));
    pending.refuse(refused);

    assertThat(pending.arrivalsUpTo(manifest(2, 1)).byStartMillis())
        .containsExactly(entry(1000L, 1L), entry(2000L, 2L));
  }

  @Test
  void shouldForgetRefusedManifestsOfAVersionBeforeOpenOnes() {
    UpdateManifest real = manifest(9, 0);
    pending.see(real);
    for (int forged = 1; forged < 100; forged++) {
      pending.see(manifest(9, forged));
      pending.refuse(manifest(9, forged));
    }

    assertThat(pending.next()).hasValue(real);
    // The oldest refusal made room for the newest.
    pending.see(manifest(9, 1));
    assertThat(pending.next()).hasValue(manifest(9, 1));
  }

  @Test
  void shouldKeepABoundedNumberOfOpenManifestsOfAVersion() {
    for (int i = 0; i < 100; i++) {
      pending.see(manifest(9, i));
    }

    int offered = 0;
    for (; pending.next().isPresent(); offered++) {
      pending.refuse(pending.next().get());
    }
    assertThat(offered).isEqualTo(PendingUpdates.MOST_OF_A_VERSION);
  }

  @Test
  void shouldForgetRefusedVersionsBeforeOpenOnes() {
    UpdateManifest real = manifest(1, 1);
    pending.see(real);
    for (int version = 2; version <= 2 * PendingUpdates.MOST_VERSIONS; version++) {
      pending.see(manifest(version, 1));
      pending.refuse(manifest(version, 1));
    }

    assertThat(pending.next()).hasValue(real);
    pending.see(manifest(2, 1));
    assertThat(pending.next()).as("its refusal was forgotten").hasValue(manifest(2, 1));
  }

  @Test
  void shouldKeepTheNewestVersionsWhereAllAreOpen() {
    int versions = PendingUpdates.MOST_VERSIONS + 5;
    for (int version = 1; version <= versions; version++) {
      pending.see(manifest(version, 1));
    }

    assertThat(pending.next()).hasValue(manifest(versions, 1));
    assertThat(pending.arrivalsUpTo(manifest(versions, 1)).byStartMillis())
        .as("versions whose arrivals are known")
        .hasSize(PendingUpdates.MOST_VERSIONS);
  }

  /** Two of another number of one version are of other bytes. */
  private static UpdateManifest manifest(long version, int number) {
    return TestModels.manifest(version, new byte[] {(byte) number});
  }
}
