package io.distillstream.gateway.hawkbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.avro.DeviceEvent;
import io.distillstream.avro.DeviceReport;
import io.distillstream.avro.ModelUpdate;
import io.distillstream.gateway.GatewayService;
import io.distillstream.http.tls.TestAuthority;
import io.distillstream.http.tls.TestAuthority.Issued;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

/**
 * SWUpdate, as Debian 12 has it, takes updates from a gateway by hawkBit's Direct Device
 * Integration API. {@code .ci/run} installs it and asks for these tests.
 */
@ExtendWith(SwupdateIT.WhereAsked.class)
class SwupdateIT extends HawkbitGateways {

  private static final String ID = "kiosk-7";
  private static final String KEY = "key-of-the-kiosk-7";
  private static final String OBSERVER = "observer";
  private static final String OBSERVERS_KEY = "key-of-the-observer";

  @TempDir private static Path keys;

  @SuppressWarnings("NullAway.Init") // Before all.
  private static Issued signer;

  /** Who signs nothing here. */
  @SuppressWarnings("NullAway.Init") // Before all.
  private static Path other;

  /** Another release may well behave in another way, so that to have one is not to ask for them. */
  static final class WhereAsked implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (Boolean.parseBoolean(System.getenv("SWUPDATE_TESTS"))) {
        return ConditionEvaluationResult.enabled("SWUPDATE_TESTS=true");
      }
      String skipped = "SWUpdate's tests want Debian 12's swupdate and SWUPDATE_TESTS=true";
      System.err.println("SKIPPED: " + skipped + "; .ci/run sets up both");
      return ConditionEvaluationResult.disabled(skipped);
    }
  }

  @BeforeAll
  static void makeKeys() throws Exception {
    TestAuthority authority = new TestAuthority(keys);
    signer = authority.selfSigned("RSA");
    other = authority.certificate();
  }

  @BeforeEach
  void sign() {
    publisher.sign(
        update ->
            ModelUpdate.newBuilder(update)
                .setManifest(bytes(manifest(update.getVersion())))
                .setTargetsMetadata(bytes(targets(update.getVersion())))
                .build());
  }

  /** A roll-back is a version above all others, with the bytes of an earlier one. */
  @Test
  void shouldInstallOneVersionAfterTheOtherAndTheFirstOnesModelAgain() throws Exception {
    GatewayService gateway = gateway(Map.of());
    publish(gateway, 1, "first");
    try (Swupdate client = client(address(gateway), signer.certificate())) {
      client.look();
      assertOnDevice(client, 1, "first");
      client.confirm(1);

      publish(gateway, 2, "second");
      client.look();
      assertOnDevice(client, 2, "second");
      client.confirm(2);

      publish(gateway, 3, "first");
      client.look();
      assertOnDevice(client, 3, "first");
      client.confirm(3);

      client.look();
      assertReported(installed(1), installed(2), installed(3));
    }
  }

  @Test
  void shouldInstallALaterVersionInPlaceOfOneThatNobodyConfirmed() throws Exception {
    GatewayService gateway = gateway(Map.of());
    publish(gateway, 1, "first");
    try (Swupdate client = client(address(gateway), signer.certificate())) {
      client.look();
      assertOnDevice(client, 1, "first");
      client.look();
      assertReported();

      publish(gateway, 2, "second");
      client.look();
      assertOnDevice(client, 1, "first");
      client.look();
      assertOnDevice(client, 2, "second");
      client.confirm(2);
      assertReported(installed(2));
    }
  }

  @Test
  void shouldInstallNothingThatAnotherKeySigned() throws Exception {
    GatewayService gateway = gateway(Map.of());
    publish(gateway, 1, "first");
    try (Swupdate client = client(address(gateway), other)) {
      client.look();
      assertReported(rejected(1));
      publish(gateway, 2, "second");
      client.look();
      assertReported(rejected(1), rejected(2));
    }
    assertThat(device()).doesNotExist();
    assertThat(reports()).allMatch(report -> !Objects.toString(report.getReason(), "").isBlank());
  }

  /**
   * Before SWUpdate begins with an update it asks a second time. Where it is told then to give the
   * update up, it says that it was closed with success, and nothing was installed.
   */
  @Test
  void shouldNotReportWhatIsReplacedBeforeItBegins() throws Exception {
    try (HoldingProxy proxy = new HoldingProxy()) {
      GatewayService gateway = gateway(Map.of("gateway.hawkbit.url", proxy.address().toString()));
      proxy.to(address(gateway));
      publish(gateway, 1, "first");
      try (Swupdate client = client(proxy.address(), signer.certificate())) {
        proxy.holdNext("/deploymentBase/1", () -> publish(gateway, 2, "second"));
        client.look();
        assertThat(proxy.seen())
            .filteredOn(request -> request.contains("/deploymentBase/1/feedback"))
            .singleElement()
            .asString()
            .containsIgnoringWhitespaces("\"finished\": \"success\"", "\"execution\": \"closed\"");
        assertThat(device()).doesNotExist();
        assertReported();

        client.look();
        assertOnDevice(client, 2, "second");
        client.confirm(2);
        assertReported(installed(2));
      }
    }
  }

  private GatewayService gateway(Map<String, String> more) throws Exception {
    Path callers =
        Files.writeString(
            data.resolve("callers"), "%s:%s\n%s:%s\n".formatted(ID, KEY, OBSERVER, OBSERVERS_KEY));
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "gateway.api-keys",
                callers.toString(),
                "gateway.hawkbit.polling-interval",
                "12h",
                "gateway.hawkbit.format",
                "swupdate",
                "gateway.hawkbit.swupdate-folder",
                device().toString(),
                "gateway.hawkbit.swupdate-certificate",
                signer.certificate().toString(),
                "gateway.hawkbit.swupdate-key",
                signer.key().toString()));
    settings.putAll(more);
    return start(settings);
  }

  /** Publishes, and waits until the gateway offers it. */
  private void publish(GatewayService gateway, long version, String artifact) throws Exception {
    publish(version, artifact);
    awaitDeployment(
        new DdiClient(address(gateway), "DEFAULT", OBSERVER, "TargetToken " + OBSERVERS_KEY),
        version);
  }

  private Swupdate client(URI gateway, Path trusted) throws Exception {
    return Swupdate.start(data.resolve("swupdate"), gateway, ID, KEY, trusted);
  }

  private void assertOnDevice(Swupdate client, long version, String artifact) throws Exception {
    assertThat(device().resolve("model.onnx")).as(client.log()).hasContent(artifact);
    assertThat(device().resolve("targets.json")).hasContent(targets(version));
    assertThat(device().resolve("manifest.json")).hasContent(manifest(version));
  }

  private void assertReported(Tuple... expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(reports())
                    .extracting(
                        DeviceReport::getDeviceId, DeviceReport::getVersion, DeviceReport::getEvent)
                    .containsExactly(expected));
  }

  private static Tuple installed(long version) {
    return Tuple.tuple(ID, version, DeviceEvent.INSTALLED);
  }

  private static Tuple rejected(long version) {
    return Tuple.tuple(ID, version, DeviceEvent.REJECTED);
  }

  private Path device() {
    return data.resolve("device");
  }

  private static URI address(GatewayService gateway) {
    return gateway.address().orElseThrow();
  }

  private static String manifest(long version) {
    return "{\"signed\": %d}".formatted(version);
  }

  private static String targets(long version) {
    return "{\"targets\": %d}".formatted(version);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
