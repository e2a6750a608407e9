package io.distillstream.device.folder;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The notes of a device's folder as JSON. Fields that this release does not know are ignored, so
 * that an older one reads what a newer one wrote. What is read is what {@link #write} wrote;
 * anything else is an {@link InvalidJsonException}.
 */
final class FolderJson {

  private static final String FORGOTTEN = "forgotten";

  private FolderJson() {}

  static byte[] write(InstalledModel installed) {
    return bytes(write(JsonWriter.string(), installed));
  }

  static InstalledModel readInstalled(byte[] json) {
    return installed(Json.object(json));
  }

  static byte[] write(Set<InstalledModel> forgotten) {
    JsonStringWriter json = JsonWriter.string().object().array(FORGOTTEN);
    forgotten.forEach(model -> write(json, model));
    return bytes(json.end().end());
  }

  static Set<InstalledModel> readForgotten(byte[] json) {
    Set<InstalledModel> forgotten = new LinkedHashSet<>();
    for (JsonFields model : Json.object(json).objects(FORGOTTEN)) {
      forgotten.add(installed(model));
    }
    return forgotten;
  }

  private static JsonStringWriter write(JsonStringWriter json, InstalledModel model) {
    return json.object()
        .value("model", model.model())
        .value("channel", model.channel())
        .value("version", model.version())
        .value("sha256", model.sha256())
        .end();
  }

  private static InstalledModel installed(JsonFields root) {
    return new InstalledModel(
        root.text("model"),
        root.text("channel"),
        root.wholeNumber("version", 1, Long.MAX_VALUE),
        root.text("sha256"));
  }

  private static byte[] bytes(JsonStringWriter json) {
    return json.done().getBytes(StandardCharsets.UTF_8);
  }
}
