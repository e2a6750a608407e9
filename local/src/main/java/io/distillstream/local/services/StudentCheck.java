package io.distillstream.local.services;

import io.distillstream.local.memory.StudentMemory;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.runtime.Settings;
import io.distillstream.teacher.TeacherException;
import io.distillstream.teacher.kind.TeacherSpec;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.start.StudentStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A student must have a shape that can be built, room in memory, and the labels of the teacher
 * beside it.
 */
final class StudentCheck {

  private final List<String> problems = new ArrayList<>();

  private StudentCheck() {}

  /** Expects that the files which the settings name exist. */
  static List<String> problems(Set<ServiceKind> kinds, Settings settings) {
    StudentCheck check = new StudentCheck();
    if (kinds.contains(ServiceKind.TRAINER)) {
      TrainerSettings trainer = TrainerSettings.from(settings);
      StudentStart start = new StudentStart(trainer.student());
      Optional<LabelSpace> labels = check.read(start::labels);
      labels.ifPresent(
          known ->
              check
                  .read(
                      () -> {
                        int words = start.tokenizer().vocabulary().size();
                        return trainer.student().spec(words, known.size());
                      })
                  .filter(spec -> AllSettings.value(settings, "trainer.check-memory").equals(true))
                  .flatMap(
                      spec ->
                          new StudentMemory(
                                  true, kinds.contains(ServiceKind.QUANTIZER), trainer, spec)
                              .problem())
                  .ifPresent(check.problems::add));
      if (kinds.contains(ServiceKind.TEACHER) && !namesLabelsItself(settings)) {
        labels.ifPresent(known -> check.compare(known, settings));
      }
    }
    return check.problems;
  }

  /** A student whose labels are given by name may learn from a teacher of another process alone. */
  private static boolean namesLabelsItself(Settings settings) {
    return !AllSettings.value(settings, "trainer.label-names").equals(List.of());
  }

  private void compare(LabelSpace student, Settings settings) {
    TeacherSpec spec = TeacherSpec.from(settings);
    read(spec::labels)
        .flatMap(labels -> labels)
        .filter(teacher -> !teacher.fingerprint().equals(student.fingerprint()))
        .ifPresent(
            teacher ->
                problems.add(
                    ("the teacher '%s' has the %d labels %s, the trainer expects the %d labels %s:"
                            + " it would refuse every soft label; set trainer.labels to the"
                            + " teacher's head, or trainer.label-names to its labels")
                        .formatted(
                            spec.id(),
                            teacher.size(),
                            some(teacher),
                            student.size(),
                            some(student))));
  }

  private static String some(LabelSpace labels) {
    List<String> names = labels.labels();
    return names.size() <= 3
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + ", …";
  }

  private <T> Optional<T> read(Supplier<T> reading) {
    try {
      return Optional.of(reading.get());
    } catch (IllegalArgumentException
        | ModelFormatException
        | TeacherException
        | TrainingStoppedException e) {
      problems.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
