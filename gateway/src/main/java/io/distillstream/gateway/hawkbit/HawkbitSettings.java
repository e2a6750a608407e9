package io.distillstream.gateway.hawkbit;

import io.distillstream.foundation.InvalidFileException;
import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.gateway.hawkbit.swupdate.SwuFormat;
import io.distillstream.http.tls.CertifiedKey;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The gateway's settings for clients of hawkBit's Direct Device Integration API. */
public final class HawkbitSettings {

  /** What updates are handed out as. */
  enum Format {
    FILE,
    SWUPDATE
  }

  /** Paths below {@code /device/} are the page's. */
  private static final Pattern TENANT =
      Pattern.compile(
          "(?!device\\s*=)([A-Za-z0-9][A-Za-z0-9._-]{0,63})\\s*=\\s*([^/\\s]+)/([^/\\s]+)");

  private static final Pattern FOLDER = Pattern.compile("(/[A-Za-z0-9._-]+)+");

  private static final Setting<Map<String, ChannelName>> TENANTS =
      Setting.list(
              "gateway.hawkbit.tenants",
              "",
              "Tenants that clients of hawkBit's Direct Device Integration API name, and the channel"
                  + " that each of them follows; empty: the gateway does not speak this API.")
          .as(
              "TENANT=MODEL/CHANNEL, such as DEFAULT=student/stable, separated by commas; a tenant"
                  + " begins with a letter or digit, has these, dots, hyphens and underscores, and"
                  + " is not device, which is the page's",
              HawkbitSettings::tenants);

  private static final Setting<Duration> POLLING_INTERVAL =
      Setting.duration(
              "gateway.hawkbit.polling-interval",
              Duration.ofMinutes(5),
              "After which hawkBit clients are told to ask again.")
          .between(Duration.ofSeconds(1), Duration.ofHours(12));

  private static final Setting<Handling> HANDLING =
      Setting.oneOf(
          "gateway.hawkbit.update",
          Handling.FORCED,
          "Whether hawkBit clients are to download and install an update at once (forced) or when it"
              + " suits the device (attempt).");

  private static final Setting<Optional<URI>> ADDRESS =
      Setting.server(
          "gateway.hawkbit.url",
          "Where hawkBit clients reach the gateway, for the links that they are given; empty: where"
              + " they have asked it. Behind a proxy that ends TLS, its address.");

  private static final Setting<Format> FORMAT =
      Setting.oneOf(
          "gateway.hawkbit.format",
          Format.FILE,
          "What hawkBit clients download: the artifact and what vouches for it as they are (file), or"
              + " an image for SWUpdate that holds them (swupdate).");

  private static final Setting<String> FOLDER_ON_DEVICE =
      Setting.text(
              "gateway.hawkbit.swupdate-folder",
              "/var/lib/distillstream",
              "Folder of the device in which SWUpdate puts model, manifest and metadata; created if"
                  + " absent.")
          .accepting(
              "an absolute path of letters, digits, dots, hyphens and underscores",
              path -> FOLDER.matcher(path).matches() && !path.contains("/.."));

  private static final Setting<String> CERTIFICATE =
      Setting.text(
          "gateway.hawkbit.swupdate-certificate",
          "",
          "PEM file with the certificate of gateway.hawkbit.swupdate-key; SWUpdate is given it, or"
              + " the authority that signed it, by its option --key. Read at the start.");

  private static final Setting<String> KEY =
      Setting.text(
          "gateway.hawkbit.swupdate-key",
          "",
          "PEM file with the private RSA key that signs images for SWUpdate, PKCS #8 without a"
              + " password; empty: they are not signed. Read at the start.");

  private HawkbitSettings() {}

  /** Every one of them. */
  public static List<Setting<?>> all() {
    return List.of(
        TENANTS, POLLING_INTERVAL, HANDLING, ADDRESS, FORMAT, FOLDER_ON_DEVICE, CERTIFICATE, KEY);
  }

  /**
   * Reads them.
   *
   * @return empty where no tenant is named
   * @throws InvalidSettingsException if they contradict each other, or a file cannot be used
   */
  public static Optional<HawkbitPlan> from(Settings settings) {
    Map<String, ChannelName> tenants = settings.get(TENANTS);
    Optional<CertifiedKey> signer = signer(settings);
    boolean swupdate = settings.get(FORMAT) == Format.SWUPDATE;
    if (signer.isPresent() && !swupdate) {
      throw contradiction(
          "%s is set and %s is not swupdate: nothing else is signed with it"
              .formatted(KEY.key(), FORMAT.key()));
    }
    if (tenants.isEmpty()) {
      if (swupdate || settings.get(ADDRESS).isPresent()) {
        throw contradiction(
            "%s is set and %s is not: no client is served"
                .formatted(swupdate ? FORMAT.key() : ADDRESS.key(), TENANTS.key()));
      }
      return Optional.empty();
    }
    return Optional.of(
        new HawkbitPlan(
            tenants,
            settings.get(POLLING_INTERVAL),
            settings.get(HANDLING),
            settings.get(ADDRESS),
            swupdate
                ? Optional.of(new SwuFormat(settings.get(FOLDER_ON_DEVICE), signer))
                : Optional.empty()));
  }

  private static Map<String, ChannelName> tenants(List<String> items) {
    Map<String, ChannelName> tenants = new LinkedHashMap<>();
    for (String item : items) {
      Matcher parts = TENANT.matcher(item);
      if (!parts.matches()
          || tenants.put(parts.group(1), new ChannelName(parts.group(2), parts.group(3))) != null) {
        throw new IllegalArgumentException(
            "'" + item + "' is no tenant, or the second of its name");
      }
    }
    return tenants;
  }

  private static Optional<CertifiedKey> signer(Settings settings) {
    String certificate = settings.get(CERTIFICATE);
    String key = settings.get(KEY);
    if (certificate.isEmpty() != key.isEmpty()) {
      throw contradiction(
          "%s and %s belong together: one of them is not set"
              .formatted(CERTIFICATE.key(), KEY.key()));
    }
    if (key.isEmpty()) {
      return Optional.empty();
    }
    try {
      CertifiedKey signer = CertifiedKey.read(Path.of(certificate), Path.of(key));
      String algorithm = signer.certificate().getPublicKey().getAlgorithm();
      if (!algorithm.equals("RSA")) {
        throw contradiction(
            "%s = '%s' is a key of %s: expected RSA, whose signatures are the same at every gateway"
                .formatted(KEY.key(), key, algorithm));
      }
      return Optional.of(signer);
    } catch (InvalidFileException e) {
      throw contradiction(KEY.key() + " = " + e.getMessage());
    }
  }

  private static InvalidSettingsException contradiction(String problem) {
    return new InvalidSettingsException(List.of(problem));
  }
}
