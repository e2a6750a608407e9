package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.loss.Consistency;
import java.util.List;

/** The keys {@code trainer.consistency.*}. */
final class ConsistencySettings {
  private static final Setting<Double> WEIGHT =
      Setting.decimal(
              "trainer.consistency.weight",
              0,
              "Weight of answering alike where word vectors are moved to the loss's disadvantage; 0"
                  + " learns no such thing, anything else takes twice the time.")
          .between(0.0, 1e3);
  private static final Setting<Double> RADIUS =
      Setting.decimal(
              "trainer.consistency.radius",
              0.05,
              "How far a text's vectors are moved, as a share of their own length.")
          .between(1e-6, 10.0);
  private static final Setting<Consistency.Shape> SHAPE =
      Setting.oneOf(
          "trainer.consistency.shape",
          Consistency.Shape.L2,
          "Whether they are moved along the gradient (l2) or by its signs (sign); equally far.");
  private static final Setting<Consistency.Anchor> ANCHOR =
      Setting.oneOf(
          "trainer.consistency.anchor",
          Consistency.Anchor.STUDENT,
          "Whose answer to the text as it is the answer to the moved one is compared with.");

  private ConsistencySettings() {}

  static List<Setting<?>> all() {
    return List.of(WEIGHT, RADIUS, SHAPE, ANCHOR);
  }

  static Consistency from(Settings settings) {
    return new Consistency(
        settings.get(WEIGHT), settings.get(RADIUS), settings.get(SHAPE), settings.get(ANCHOR));
  }
}
