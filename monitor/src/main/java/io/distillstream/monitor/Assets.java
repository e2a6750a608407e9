package io.distillstream.monitor;

import static java.util.Map.entry;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;

/** The files of the page, all from this process: the browser needs no other host. */
final class Assets {

  private static final String UPLOT =
      "/META-INF/resources/webjars/uplot/%s/dist/".formatted(uplotVersion());
  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private record Asset(String resource, String contentType) {}

  private static final Map<String, Asset> ASSETS =
      Map.ofEntries(
          entry("/", new Asset("index.html", HTML)),
          own("monitor.css", CSS),
          own("pipeline.css", CSS),
          own("monitor.js", SCRIPT),
          own("pipeline.js", SCRIPT),
          own("versions.js", SCRIPT),
          own("tables.js", SCRIPT),
          own("charts.js", SCRIPT),
          own("dom.js", SCRIPT),
          own("format.js", SCRIPT),
          own("icon.svg", "image/svg+xml"),
          entry("/assets/uplot.js", new Asset(UPLOT + "uPlot.esm.js", SCRIPT)),
          entry("/assets/uplot.css", new Asset(UPLOT + "uPlot.min.css", CSS)));

  private Assets() {}

  private static Map.Entry<String, Asset> own(String file, String contentType) {
    return entry("/assets/" + file, new Asset(file, contentType));
  }

  /** As the build chose it, so that it is written down once. */
  private static String uplotVersion() {
    Properties properties = new Properties();
    try {
      byte[] file = load("/META-INF/maven/org.webjars.npm/uplot/pom.properties");
      properties.load(new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Reading memory failed", e);
    }
    return properties.getProperty("version");
  }

  /** Adds a route per file. */
  static void serve(JavalinConfig config) {
    ASSETS.forEach(
        (path, asset) -> {
          byte[] body = load(asset.resource());
          config.routes.get(path, context -> answer(context, asset, body));
        });
  }

  private static void answer(Context context, Asset asset, byte[] body) {
    context
        .contentType(asset.contentType())
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        .header("X-Content-Type-Options", "nosniff")
        .result(body);
  }

  private static byte[] load(String resource) {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The build left out " + resource);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource, e);
    }
  }
}
