package io.distillstream.local.labels.log;

import io.distillstream.model.LabelSpace;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.kind.TeacherSpec;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The label spaces that the settings name: the student's and the teacher's. The log holds
 * fingerprints alone.
 */
public final class LabelSpaces {

  private final LabelSpace students;
  private final List<LabelSpace> known = new ArrayList<>();

  private LabelSpaces(LabelSpace students) {
    this.students = students;
    known.add(students);
  }

  /**
   * Reads the names.
   *
   * @throws RuntimeException one of those whose message tells a user what to do
   */
  public static LabelSpaces of(Settings settings) {
    LabelSpaces spaces =
        new LabelSpaces(new StudentStart(TrainerSettings.from(settings).student()).labels());
    TeacherSpec.from(settings).labels().ifPresent(spaces.known::add);
    return spaces;
  }

  /** The one that a student of these settings learns. */
  public LabelSpace students() {
    return students;
  }

  /** The one of a fingerprint, if the settings name it. */
  public Optional<LabelSpace> of(String fingerprint) {
    return known.stream().filter(space -> space.fingerprint().equals(fingerprint)).findFirst();
  }
}
