package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.distillstream.device.disk.Disk;
import io.distillstream.device.disk.DiskState;
import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.device.probation.Probation;
import io.distillstream.update.UpdateManifest;
import io.distillstream.update.UpdateReport;
import io.distillstream.update.UpdateReport.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes the power away before and after everything that a device does to its folder, opens what may
 * be left, and offers the update again. Nothing here names the steps: {@link Disk} finds them.
 */
class PowerLossTest {

  private static final DeviceListener NOBODY = new DeviceListener() {};

  @TempDir Path home;
  @TempDir Path scratch;
  private final MemoryTransport source = new MemoryTransport();
  private final TestUpdates updates = new TestUpdates(source);
  private long highestVersion = Long.MAX_VALUE;
  private int opened;

  @BeforeEach
  void join() throws IOException {
    TestFolders.ofOldDevice(home);
  }

  @Test
  void shouldInstallTheFirstModelWhateverIsLeft() throws IOException {
    UpdateManifest first = updates.update(1);

    assertInstalls(0, first);
  }

  @Test
  void shouldInstallAnUpdateWhateverIsLeft() throws IOException {
    run(home, updates.update(1));
    run(home, updates.update(2));
    UpdateManifest third = updates.update(3);

    assertInstalls(2, third);
  }

  @Test
  void shouldInstallAnUpdateByDeltasWhateverIsLeft() throws IOException {
    run(home, updates.update(1));
    UpdateManifest third = updates.update(3, updates.delta(1), updates.delta(2));

    assertInstalls(1, third);
    assertThat(source.fetched()).contains("delta-1", "delta-2");
  }

  @Test
  void shouldInstallACopyOfTheModelBeforeWhateverIsLeft() throws IOException {
    run(home, updates.update(1));
    run(home, updates.update(2));
    UpdateManifest fourth = updates.update(4);

    assertInstalls(2, fourth);
    assertThat(source.fetched()).containsOnlyOnce("glosses-1").contains("glosses-2");
  }

  @Test
  void shouldKeepItsModelWhateverIsLeftOfARefusal() throws IOException {
    run(home, updates.update(1));
    byte[] model = TestModels.model(2);
    UpdateManifest wrong = TestModels.manifest(2, model, TestModels.probe("a dog", 1, 2, 3));
    source.store(wrong.artifact(), model);

    forEachState(state -> assertRefuses(state, wrong), wrong);
  }

  @Test
  void shouldGoBackToTheModelBeforeWhateverIsLeft() throws IOException {
    run(home, updates.update(1));
    UpdateManifest second = updates.update(2);
    run(home, second);
    crash(second);

    forEachState(state -> assertRefuses(state, second));
  }

  @Test
  void shouldStepBackWhateverIsLeft() throws IOException {
    run(home, updates.update(1));
    UpdateManifest second = updates.update(2);
    run(home, second);
    highestVersion = 1;

    forEachState(state -> assertRefuses(state, second));
  }

  @Test
  void shouldKeepTheOnlyModelWhateverIsLeftOfAStartWithoutIt() throws IOException {
    UpdateManifest first = updates.update(1);
    run(home, first);
    crash(first);

    forEachState(
        state -> {
          Path folder = state.writeTo(folder());
          run(folder);
          assertThat(reopen(folder, first).before()).as("at the second start").isEqualTo(1);
        });
  }

  /**
   * The old model answers or the new one, which is reported; it is the new one if it was announced;
   * and it is the new one in the end.
   */
  private void assertInstalls(long old, UpdateManifest update) throws IOException {
    long version = update.version();
    String report = version + " " + Outcome.INSTALLED;
    List<DiskState> announced = new ArrayList<>();
    Disk disk = new Disk(home);
    DeviceListener listener =
        new DeviceListener() {
          @Override
          public void installed(Installation installation) {
            announced.addAll(disk.statesNow());
          }
        };
    run(disk.folder(), listener, update);

    forEach(
        disk.states(),
        state -> {
          Reopened reopened = reopen(state, update);
          assertThat(reopened.before()).isIn(old, version);
          assertThat(reopened.reportsBefore().contains(report))
              .as("%s is reported", report)
              .isEqualTo(reopened.before() == version);
          assertThat(reopened.after()).isEqualTo(version);
          assertThat(reopened.reports()).contains(report);
        });
    forEach(announced, state -> assertThat(reopen(state, update).before()).isEqualTo(version));
  }

  /** The model before answers, also when the update is offered, and the refusal is reported. */
  private void assertRefuses(DiskState state, UpdateManifest second) throws IOException {
    Reopened reopened = reopen(state, second);
    assertThat(reopened.before()).isEqualTo(1);
    assertThat(reopened.after()).isEqualTo(1);
    assertThat(reopened.reports()).contains("2 REJECTED");
  }

  /** Of one thing that may be left. */
  private interface Check {
    void of(DiskState state) throws IOException;
  }

  /** All that power loss may leave while a device is opened, sees updates, and is closed. */
  private void forEachState(Check check, UpdateManifest... updates) throws IOException {
    Disk disk = new Disk(home);
    run(disk.folder(), NOBODY, updates);
    forEach(disk.states(), check);
  }

  private static void forEach(Collection<DiskState> states, Check check) {
    assertThat(states).isNotEmpty();
    for (DiskState state : states) {
      try {
        check.of(state);
      } catch (AssertionError | IOException e) {
        throw new AssertionError("With what is left " + state, e);
      }
    }
  }

  /**
   * A device on what was left.
   *
   * @param before the version that answers at first, 0 for none
   * @param after the version that answers once the update was offered
   */
  private record Reopened(
      long before, List<String> reportsBefore, long after, List<String> reports) {}

  private Reopened reopen(DiskState state, UpdateManifest update) throws IOException {
    return reopen(state.writeTo(folder()), update);
  }

  private Reopened reopen(Path folder, UpdateManifest update) throws IOException {
    Reopened reopened;
    try (Incumbent incumbent = open(folder)) {
      long before = answering(incumbent);
      List<String> reports = reports(incumbent);
      install(incumbent, NOBODY, update);
      reopened = new Reopened(before, reports, answering(incumbent), reports(incumbent));
    }
    assertNothingIsLeftBehind(folder);
    return reopened;
  }

  private static void assertNothingIsLeftBehind(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files.map(file -> file.getFileName().toString()).toList();
      assertThat(names)
          .allMatch(
              name ->
                  name.matches("device\\.lock|(installed|joined|forgotten|probation)\\.json")
                      || name.matches("(report|model)-.*\\.(json|onnx)"));
      assertThat(names).filteredOn(name -> name.endsWith(".onnx")).hasSizeBetween(1, 2);
    }
  }

  /** The version that answers, which does so as its model would. */
  private static long answering(Incumbent incumbent) {
    LeasedModel model = incumbent.slot().lease();
    if (model == null) {
      return 0;
    }
    try {
      assertThat(model.classifier().logits("a dog"))
          .containsExactly(TestModels.logits(model.version(), "a dog"), within(1e-4f));
      return model.version();
    } finally {
      model.release();
    }
  }

  private static List<String> reports(Incumbent incumbent) throws IOException {
    List<String> reports = new ArrayList<>();
    for (Path file : incumbent.folder().reports().undelivered()) {
      UpdateReport report = incumbent.folder().reports().read(file);
      reports.add(report.version() + " " + report.outcome());
    }
    return reports;
  }

  private void run(Path folder, UpdateManifest... updates) throws IOException {
    run(folder, NOBODY, updates);
  }

  private void run(Path folder, DeviceListener listener, UpdateManifest... updates)
      throws IOException {
    try (Incumbent incumbent = open(folder)) {
      install(incumbent, listener, updates);
    }
  }

  private void install(Incumbent incumbent, DeviceListener listener, UpdateManifest... updates)
      throws IOException {
    Installer installer = new Installer(settings(home), incumbent, reporter(), listener);
    for (UpdateManifest update : updates) {
      installer.see(update);
    }
    installer.advance(source);
  }

  private Incumbent open(Path folder) throws IOException {
    opened++;
    return Incumbent.open(settings(folder), reporter());
  }

  /** Each time a second later, so that no report replaces another. */
  private Reporter reporter() {
    return new Reporter("d1", () -> 0, Clock.fixed(Instant.ofEpochSecond(opened), ZoneOffset.UTC));
  }

  private DeviceSettings settings(Path folder) {
    return DeviceSettings.of("d1", "glosses", "stable", folder).withHighestVersion(highestVersion);
  }

  private Path folder() {
    return scratch.resolve("device-" + opened);
  }

  /** So often in a row that the device goes back. */
  private void crash(UpdateManifest update) throws IOException {
    int limit = settings(home).crashLimit();
    try (ModelFolder folder = ModelFolder.open(home)) {
      for (int i = 0; i < limit; i++) {
        new Probation(limit, folder, () -> 0, System::nanoTime).begin(InstalledModel.of(update));
      }
    }
  }
}
