package io.distillstream.benchmarks.tap;

import io.distillstream.runtime.ServiceContext;
import io.distillstream.runtime.Settings;
import io.distillstream.tap.TapService;
import io.distillstream.tap.TapSettings;
import java.util.HashMap;
import java.util.Map;

/** Taps before a scripted model. */
final class Taps {

  private Taps() {}

  /**
   * Starts one at a free port.
   *
   * @param more settings
   */
  static TapService before(ScriptedModel model, ServiceContext context, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("tap.port", "0");
    settings.put("tap.upstream", model.url().toString());
    TapService tap =
        new TapService(TapSettings.from(Settings.load(TapSettings.all(), settings)), context);
    tap.start();
    return tap;
  }
}
