package io.distillstream.embedded.secured;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.broker.BrokerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A cluster as organisations run it: every way in is by TLS and by a login, and nobody has a right
 * that no ACL gives. Set-up, its registry and the broker itself use a plain listener, whose only
 * user may do everything. All keys and passwords are made at the start. Owns what it starts.
 */
public final class SecuredCluster implements AutoCloseable {

  /** How a client shows who it is. */
  public enum Login {
    SCRAM("SASL_SSL"),
    PLAIN("SASL_SSL"),
    OAUTHBEARER("SASL_SSL"),
    MTLS("SSL");

    private final String protocol;

    Login(String protocol) {
      this.protocol = protocol;
    }
  }

  private static final int SCRAM_ITERATIONS = 4_096;

  private final String storePassword = password();
  private final String userPassword = password();
  private final String clientSecret = password();
  private final Path folder;
  private final Stores stores;
  private final Path brokerStore;
  private final Path clientTrust;
  private final Map<String, Path> clientStores = new HashMap<>();
  private final TokenServer tokens;
  private final EmbeddedCluster cluster;
  private final Admin admin;

  /**
   * Starts it.
   *
   * @param users who can log in, by any way but certificates
   * @param certified who have certificates
   */
  public SecuredCluster(Path folder, Collection<String> users, Collection<String> certified)
      throws Exception {
    this.folder = Files.createDirectories(folder.resolve("logins"));
    Files.writeString(this.folder.resolve("store-password"), storePassword);
    Files.writeString(this.folder.resolve("client-secret"), clientSecret);
    Files.writeString(this.folder.resolve("users"), "user.password = " + userPassword);
    stores = new Stores(this.folder, storePassword);
    brokerStore = stores.key("broker");
    clientTrust = stores.trusting("brokers", List.of(brokerStore));
    for (String name : certified) {
      clientStores.put(name, stores.key(name));
    }
    tokens = new TokenServer(clientSecret);
    System.setProperty(
        "org.apache.kafka.sasl.oauthbearer.allowed.urls",
        System.getProperty("org.apache.kafka.sasl.oauthbearer.allowed.urls", "")
            + ","
            + tokens.keysUrl());
    Map<String, String> listeners = new HashMap<>();
    for (Login login : Login.values()) {
      listeners.put(login.name(), login.protocol);
    }
    cluster =
        EmbeddedCluster.start(
            new BrokerSettings(folder.resolve("broker"), 0, listeners, brokerProperties(users)), 0);
    admin = Admin.create(Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()));
    List<UserScramCredentialAlteration> credentials = new ArrayList<>();
    for (String user : users) {
      credentials.add(
          new UserScramCredentialUpsertion(
              user,
              new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS),
              userPassword));
    }
    if (!credentials.isEmpty()) {
      admin.alterUserScramCredentials(credentials).all().get();
    }
  }

  private Map<String, String> brokerProperties(Collection<String> users) throws Exception {
    StringBuilder plainUsers =
        new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
    users.forEach(user -> plainUsers.append(" user_%s=\"%s\"".formatted(user, userPassword)));
    Map<String, String> properties = new HashMap<>();
    properties.putAll(stores.identity(brokerStore));
    List<Path> trusted = new ArrayList<>(clientStores.values());
    trusted.add(brokerStore);
    properties.putAll(stores.trust(stores.trusting("clients", trusted)));
    properties.put("listener.name.mtls.ssl.client.auth", "required");
    properties.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+).*$/$1/,DEFAULT");
    properties.put("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-512");
    properties.put(
        "listener.name.scram.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    properties.put("listener.name.plain.sasl.enabled.mechanisms", "PLAIN");
    properties.put("listener.name.plain.plain.sasl.jaas.config", plainUsers + ";");
    properties.put("listener.name.oauthbearer.sasl.enabled.mechanisms", "OAUTHBEARER");
    properties.put(
        "listener.name.oauthbearer.oauthbearer.sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
    properties.put(
        "listener.name.oauthbearer.oauthbearer.sasl.server.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler");
    properties.put("sasl.oauthbearer.jwks.endpoint.url", tokens.keysUrl());
    properties.put("sasl.oauthbearer.expected.audience", TokenServer.AUDIENCE);
    properties.put("authorizer.class.name", RecordingAuthorizer.class.getName());
    properties.put("allow.everyone.if.no.acl.found", "false");
    properties.put("super.users", "User:ANONYMOUS");
    return properties;
  }

  /** Where clients that log in this way connect. */
  public String bootstrapServers(Login login) {
    return cluster.broker().bootstrapServers(login.name());
  }

  public String registryUrl() {
    return cluster.registryUrl();
  }

  /** Where set-up connects, without a login. */
  public String plainBootstrapServers() {
    return cluster.bootstrapServers();
  }

  /** Without a login, and may do everything. */
  public Admin admin() {
    return admin;
  }

  /**
   * A file of client properties of a user who logs in this way, as users write it: passwords stand
   * in files of their own.
   */
  public Path properties(Login login, String user) throws IOException {
    return properties(login, user, login == Login.OAUTHBEARER ? clientSecret : userPassword);
  }

  /** The same with another password. */
  public Path properties(Login login, String user, String password) throws IOException {
    return written(user, login(login, user, password));
  }

  /** A file of client properties by which a client trusts the brokers, and shows nothing. */
  public Path trustOnly() throws IOException {
    Map<String, String> properties = new HashMap<>(stores.trust(clientTrust));
    properties.put("security.protocol", "SSL");
    return written("nobody", properties);
  }

  private Path written(String user, Map<String, String> properties) throws IOException {
    StringBuilder text = new StringBuilder();
    properties.forEach(
        (key, value) ->
            text.append(key)
                .append(" = ")
                .append(
                    value
                        .replace(storePassword, "${dir:%s:store-password}".formatted(folder))
                        .replace(
                            userPassword,
                            "${file:%s:user.password}".formatted(folder.resolve("users")))
                        .replace(clientSecret, "${dir:%s:client-secret}".formatted(folder)))
                .append('\n'));
    Path file = Files.createTempFile(folder, user + "-", ".properties");
    return Files.writeString(file, text);
  }

  private Map<String, String> login(Login login, String user, String password) {
    Map<String, String> properties = new HashMap<>(stores.trust(clientTrust));
    properties.put("security.protocol", login.protocol);
    switch (login) {
      case SCRAM -> {
        properties.put("sasl.mechanism", "SCRAM-SHA-512");
        properties.put("sasl.jaas.config", jaas("scram.ScramLoginModule", user, password));
      }
      case PLAIN -> {
        properties.put("sasl.mechanism", "PLAIN");
        properties.put("sasl.jaas.config", jaas("plain.PlainLoginModule", user, password));
      }
      case OAUTHBEARER -> {
        properties.put("sasl.mechanism", "OAUTHBEARER");
        properties.put("sasl.oauthbearer.token.endpoint.url", tokens.tokenUrl());
        properties.put("sasl.oauthbearer.client.credentials.client.id", user);
        properties.put("sasl.oauthbearer.client.credentials.client.secret", password);
        properties.put(
            "sasl.login.callback.handler.class",
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
        properties.put(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;");
      }
      case MTLS -> properties.putAll(stores.identity(requireNonNull(clientStores.get(user), user)));
    }
    return properties;
  }

  private static String jaas(String module, String user, String password) {
    return "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
        .formatted(module, user, password);
  }

  /** Every password and token that anything was given, for a search in what was written. */
  public List<String> secrets() {
    List<String> secrets = new ArrayList<>(List.of(storePassword, userPassword, clientSecret));
    secrets.addAll(tokens.issued());
    return secrets;
  }

  /** Gives rights; returns when the broker knows. */
  public void allow(Collection<AclBinding> acls) throws ExecutionException, InterruptedException {
    admin.createAcls(acls).all().get();
  }

  /** Takes a right away; returns when the broker knows. */
  public void revoke(AclBinding acl) throws ExecutionException, InterruptedException {
    admin.deleteAcls(List.of(acl.toFilter())).all().get();
    await().until(() -> admin.describeAcls(acl.toFilter()).values().get().isEmpty());
  }

  private static String password() {
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    return "pw-" + HexFormat.of().formatHex(random);
  }

  @Override
  public void close() {
    try (tokens;
        cluster) {
      admin.close();
    }
  }
}
