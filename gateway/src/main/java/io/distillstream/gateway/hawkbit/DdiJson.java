package io.distillstream.gateway.hawkbit;

import com.grack.nanojson.JsonStringWriter;
import com.grack.nanojson.JsonWriter;
import io.distillstream.gateway.hawkbit.fleet.Offer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Answers of the API as JSON. Links begin with a controller's address. */
final class DdiJson {

  /** Of a chunk: an application and not an operating system. */
  private static final String APPLICATION = "bApp";

  private final String controller;

  /**
   * @param controller its address, without a slash at the end
   */
  DdiJson(String controller) {
    this.controller = controller;
  }

  /** What there is to do, and when to ask again. */
  String poll(Duration sleep, Offer offer) {
    JsonStringWriter json =
        JsonWriter.string()
            .object()
            .object("config")
            .object("polling")
            .value("sleep", time(sleep))
            .end()
            .end()
            .object("_links");
    switch (offer.kind()) {
      case NOTHING -> {}
      case DEPLOY ->
          link(json, "deploymentBase", controller + "/deploymentBase/" + offer.version());
      case CANCEL -> link(json, "cancelAction", controller + "/cancelAction/" + offer.version());
    }
    return json.end().end().done();
  }

  /** What an update consists of. */
  String deployment(long version, String name, Handling handling, List<DescribedFile> files) {
    JsonStringWriter json =
        JsonWriter.string()
            .object()
            .value("id", Long.toString(version))
            .object("deployment")
            .value("download", handling.text())
            .value("update", handling.text())
            .array("chunks")
            .object()
            .value("part", APPLICATION)
            .value("version", Long.toString(version))
            .value("name", name)
            .array("artifacts");
    files.forEach(file -> artifact(json, version, file));
    return json.end().end().end().end().end().done();
  }

  /** The files of an update alone. */
  String artifacts(long version, List<DescribedFile> files) {
    JsonStringWriter json = JsonWriter.string().array();
    files.forEach(file -> artifact(json, version, file));
    return json.end().done();
  }

  /** That an update is to be given up. */
  static String cancelAction(long version) {
    return JsonWriter.string()
        .object()
        .value("id", Long.toString(version))
        .object("cancelAction")
        .value("stopId", Long.toString(version))
        .end()
        .end()
        .done();
  }

  private void artifact(JsonStringWriter json, long version, DescribedFile file) {
    String address =
        "%s/softwaremodules/%d/artifacts/%s".formatted(controller, version, file.name());
    json.object()
        .value("filename", file.name())
        .object("hashes")
        .value("sha1", file.digests().sha1())
        .value("md5", file.digests().md5())
        .value("sha256", file.digests().sha256())
        .end()
        .value("size", file.sizeBytes())
        .object("_links");
    link(json, "download", address);
    link(json, "md5sum", address + DdiPath.MD5SUM);
    if (!address.startsWith("https:")) {
      link(json, "download-http", address);
      link(json, "md5sum-http", address + DdiPath.MD5SUM);
    }
    json.end().end();
  }

  private static void link(JsonStringWriter json, String name, String address) {
    json.object(name).value("href", address).end();
  }

  /** Part of a path. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String time(Duration duration) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d",
        duration.toHours(),
        duration.toMinutesPart(),
        duration.toSecondsPart());
  }
}
