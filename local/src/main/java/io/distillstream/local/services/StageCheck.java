package io.distillstream.local.services;

import io.distillstream.local.settings.AllSettings;
import io.distillstream.runtime.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What one stage publishes must be what the next one of the same process can use. */
final class StageCheck {

  private final Settings settings;
  private final List<String> problems = new ArrayList<>();

  private StageCheck(Settings settings) {
    this.settings = settings;
  }

  static List<String> problems(Set<ServiceKind> kinds, Settings settings, boolean embedded) {
    StageCheck check = new StageCheck(settings);
    if (embedded) {
      check.models();
    }
    if (kinds.contains(ServiceKind.QUANTIZER)) {
      check.verdicts();
      check.comparisons();
    }
    if (kinds.containsAll(Set.of(ServiceKind.TEACHER, ServiceKind.TRAINER))) {
      check.targets();
    }
    if (kinds.containsAll(Set.of(ServiceKind.TEACHER, ServiceKind.JOINER))) {
      check.consensus();
    }
    return check.problems;
  }

  /** Alone in its cluster, a quantizer or monitor of another model would wait for ever. */
  private void models() {
    String trained = text("trainer.model");
    for (String key : List.of("quantizer.model", "monitor.model")) {
      if (!text(key).equals(trained)) {
        problems.add(
            ("trainer.model = '%s', but %s = '%s': no other model is trained here,"
                    + " give all three the same name")
                .formatted(trained, key, text(key)));
      }
    }
  }

  private void verdicts() {
    int most = (Integer) value("quantizer.evaluation-samples");
    int fewest = (Integer) value("quantizer.min-evaluation-samples");
    if (most < fewest) {
      problems.add(
          ("quantizer.evaluation-samples = %d is below quantizer.min-evaluation-samples = %d,"
                  + " so nothing would ever be published")
              .formatted(most, fewest));
    }
  }

  private void comparisons() {
    int most = (Integer) value("quantizer.held-out.samples");
    int fewest = (Integer) value("quantizer.held-out.min-samples");
    if (value("quantizer.incumbent.enabled").equals(true) && most < fewest) {
      problems.add(
          ("quantizer.held-out.samples = %d is below quantizer.held-out.min-samples = %d, so no"
                  + " candidate would ever be compared with what devices run")
              .formatted(most, fewest));
    }
  }

  private void targets() {
    double weight = (Double) value("trainer.teacher-embedding.weight");
    // Of several teachers another one may give the embedding.
    boolean alone = (Integer) value("joiner.expected-teachers") == 1;
    if (weight > 0 && alone && value("teacher.publish-embeddings").equals(false)) {
      problems.add(
          "trainer.teacher-embedding.weight = %s needs teacher.publish-embeddings = true"
              .formatted(weight));
    }
    if (text("teacher.publish").equals("SAMPLED")
        && !text("trainer.divergence").equals("FORWARD_KL")) {
      problems.add(
          "teacher.publish = sampled needs trainer.divergence = forward-kl: draws estimate no"
              + " other");
    }
  }

  private void consensus() {
    int teachers = (Integer) value("joiner.expected-teachers");
    if (teachers > 1 && !text("teacher.publish").equals("DENSE")) {
      problems.add(
          ("joiner.expected-teachers = %d needs teacher.publish = dense: of several teachers"
                  + " only whole distributions can be combined")
              .formatted(teachers));
    }
  }

  private Object value(String key) {
    return AllSettings.value(settings, key);
  }

  private String text(String key) {
    return value(key).toString();
  }
}
