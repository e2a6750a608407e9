package io.distillstream.trainer.settings;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.trainer.examples.AgreementRule;
import java.util.List;

/** The keys {@code trainer.agreement.*}. */
final class AgreementSettings {
  private static final Setting<Double> BELOW =
      Setting.decimal(
              "trainer.agreement.below",
              AgreementRule.NONE.below(),
              "Jensen-Shannon divergence of several teachers' answers, in nats, below which they"
                  + " count as agreeing; 0: never.")
          .between(0.0, 10.0);
  private static final Setting<Double> SHARE =
      Setting.decimal(
              "trainer.agreement.share",
              AgreementRule.NONE.share(),
              "Share of the requests on which several teachers agree that the student learns, so"
                  + " that its steps go to those on which they do not.")
          .between(0.0, 1.0);

  private AgreementSettings() {}

  static List<Setting<?>> all() {
    return List.of(BELOW, SHARE);
  }

  static AgreementRule from(Settings settings) {
    return new AgreementRule(settings.get(BELOW), settings.get(SHARE));
  }
}
