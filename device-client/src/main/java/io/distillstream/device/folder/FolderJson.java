package io.distillstream.device.folder;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The notes of a device's folder as JSON. Fields that this release does not know are ignored, so
 * that an older one reads what a newer one wrote. What is read is what {@link #write} wrote;
 * anything else is an {@link InvalidJsonException}.
 */
final class FolderJson {

  private static final String FORGOTTEN = "forgotten";
  private static final String JOINED_AT = "joined_at";
  private static final String MODELS = "models";
  private static final String PREVIOUS = "previous";
  private static final String SHA256 = "sha256";

  private FolderJson() {}

  static byte[] write(Installed installed) {
    JsonStringWriter json = JsonWriter.string().object();
    fields(json, installed.model());
    @Nullable InstalledModel previous = installed.previous();
    if (previous != null) {
      fields(json.object(PREVIOUS), previous).end();
    }
    return bytes(json.end());
  }

  static Installed readInstalled(byte[] json) {
    JsonFields root = Json.object(json);
    return new Installed(model(root), root.has(PREVIOUS) ? model(root.object(PREVIOUS)) : null);
  }

  static byte[] write(Map<String, Conduct> conducts) {
    JsonStringWriter json = JsonWriter.string().object().array(MODELS);
    conducts.forEach(
        (sha256, conduct) ->
            json.object()
                .value(SHA256, sha256)
                .value("crashes", conduct.crashes())
                .value("lasted", conduct.lasted())
                .end());
    return bytes(json.end().end());
  }

  static Map<String, Conduct> readConducts(byte[] json) {
    Map<String, Conduct> conducts = new LinkedHashMap<>();
    for (JsonFields model : Json.object(json).objects(MODELS)) {
      int crashes = (int) model.wholeNumber("crashes", 0, Integer.MAX_VALUE);
      conducts.put(model.text(SHA256), new Conduct(crashes, model.flag("lasted")));
    }
    return conducts;
  }

  static byte[] write(Instant joined) {
    return bytes(JsonWriter.string().object().value(JOINED_AT, joined.toString()).end());
  }

  static Instant readJoined(byte[] json) {
    String text = Json.object(json).text(JOINED_AT);
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidJsonException(JOINED_AT, "'" + JOINED_AT + "' must be a time, is " + text);
    }
  }

  static byte[] write(Set<InstalledModel> forgotten) {
    JsonStringWriter json = JsonWriter.string().object().array(FORGOTTEN);
    forgotten.forEach(model -> fields(json.object(), model).end());
    return bytes(json.end().end());
  }

  static Set<InstalledModel> readForgotten(byte[] json) {
    Set<InstalledModel> forgotten = new LinkedHashSet<>();
    for (JsonFields model : Json.object(json).objects(FORGOTTEN)) {
      forgotten.add(model(model));
    }
    return forgotten;
  }

  private static JsonStringWriter fields(JsonStringWriter json, InstalledModel model) {
    return json.value("model", model.model())
        .value("channel", model.channel())
        .value("version", model.version())
        .value(SHA256, model.sha256());
  }

  private static InstalledModel model(JsonFields fields) {
    return new InstalledModel(
        fields.text("model"),
        fields.text("channel"),
        fields.wholeNumber("version", 1, Long.MAX_VALUE),
        fields.text(SHA256));
  }

  private static byte[] bytes(JsonStringWriter json) {
    return json.done().getBytes(StandardCharsets.UTF_8);
  }
}
