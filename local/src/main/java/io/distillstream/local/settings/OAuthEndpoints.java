package io.distillstream.local.settings;

import static org.apache.kafka.common.config.SaslConfigs.SASL_OAUTHBEARER_ASSERTION_FILE;
import static org.apache.kafka.common.config.SaslConfigs.SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE;
import static org.apache.kafka.common.config.SaslConfigs.SASL_OAUTHBEARER_ASSERTION_TEMPLATE_FILE;
import static org.apache.kafka.common.config.SaslConfigs.SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The addresses and files from which Kafka's client may take OAuth tokens and keys. It takes them
 * from those alone that system properties of the process list, since in some systems strangers
 * choose a client's properties. Here whoever starts the process does, and so what the client's
 * properties name is added to these lists; nothing else is.
 */
final class OAuthEndpoints {

  private static final String URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final String FILES = "org.apache.kafka.sasl.oauthbearer.allowed.files";

  private OAuthEndpoints() {}

  /** Allows what these client properties name. */
  static void allow(Map<String, String> clientProperties) {
    Optional.ofNullable(clientProperties.get(SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL))
        .ifPresent(url -> add(URLS, url));
    for (String key :
        List.of(
            SASL_OAUTHBEARER_ASSERTION_FILE,
            SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE,
            SASL_OAUTHBEARER_ASSERTION_TEMPLATE_FILE)) {
      Optional.ofNullable(clientProperties.get(key))
          .ifPresent(file -> add(FILES, Path.of(file).toAbsolutePath().toString()));
    }
  }

  private static synchronized void add(String systemProperty, String place) {
    Set<String> allowed =
        new LinkedHashSet<>(List.of(System.getProperty(systemProperty, "").split(",")));
    allowed.remove("");
    if (allowed.add(place)) {
      System.setProperty(systemProperty, String.join(",", allowed));
    }
  }
}
