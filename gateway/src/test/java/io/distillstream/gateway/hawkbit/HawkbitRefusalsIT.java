package io.distillstream.gateway.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.distillstream.gateway.GatewayService;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom and what the gateway refuses of hawkBit's API. */
class HawkbitRefusalsIT extends HawkbitGateways {

  @Test
  void shouldSayWhatIsWrongWithAFeedback() throws Exception {
    publish(1, "first");
    DdiClient kiosk = client(start(Map.of()));
    awaitDeployment(kiosk, 1);
    Map<String, String> faults =
        Map.of(
            "{", "Not JSON",
            "[]", "Expected an object, found an array",
            "{}", "Expected an object in 'status', found nothing",
            "{'status': {'execution': 'done'}}",
                "'status.execution' must be one of closed, proceeding",
            "{'status': {'execution': 'closed'}}", "Expected an object in 'status.result'",
            "{'status': {'execution': 'closed', 'result': {'finished': 'none'}}}",
                "must be success or failure where execution is closed",
            "{'id': 2, 'status': {'execution': 'closed', 'result': {'finished': 'success'}}}",
                "'id' is another action than that of the path: expected 1");

    for (String action : List.of("/deploymentBase/1/feedback", "/cancelAction/1/feedback")) {
      for (Map.Entry<String, String> fault : faults.entrySet()) {
        HttpResponse<byte[]> answer = kiosk.post(action, fault.getKey().replace('\'', '"'));
        assertThat(answer.statusCode()).as(fault.getKey()).isEqualTo(400);
        assertThat(text(answer)).contains(fault.getValue());
      }
    }
    assertThat(reports()).isEmpty();
  }

  @Test
  void shouldAnswerClearlyWhatItDoesNotHave() throws Exception {
    publish(5, "fifth");
    GatewayService gateway = start(Map.of());
    DdiClient kiosk = client(gateway);
    awaitDeployment(kiosk, 5);

    for (String place :
        List.of(
            "/deploymentBase/6",
            "/deploymentBase/4",
            "/deploymentBase/last",
            "/cancelAction/6",
            "/softwaremodules/6/artifacts",
            "/softwaremodules/5/artifacts/none",
            "/softwaremodules/5/artifacts/none.MD5SUM")) {
      HttpResponse<byte[]> answer = kiosk.get(place);
      assertThat(answer.statusCode()).as(place).isEqualTo(404);
      assertThat(text(answer)).as(place).startsWith("{\"error\":");
    }
    assertThat(kiosk.feedback("/deploymentBase/6", "closed", "success").statusCode())
        .isEqualTo(404);
    assertThat(kiosk.feedback("/deploymentBase/4", "closed", "success").statusCode())
        .as("an action that may have been, and is kept no longer")
        .isEqualTo(200);
    assertThat(text(new DdiClient(gateway.address().orElseThrow(), "OTHER", "kiosk-7", "").get("")))
        .contains("gateway.hawkbit.tenants has no tenant 'OTHER'");
    DdiClient nameless = new DdiClient(gateway.address().orElseThrow(), "DEFAULT", "a%20b", "");
    assertThat(nameless.get("").statusCode()).isEqualTo(400);
    assertThat(kiosk.put("/deploymentBase/5", "{}").statusCode()).isEqualTo(405);
    assertOk(kiosk.put("/configData", "{\"mode\": \"merge\", \"data\": {\"hwRevision\": \"2\"}}"));
    assertThat(text(kiosk.put("/configData", "{\"data\": {\"hwRevision\": 2}}")))
        .contains("Expected a string in 'data.hwRevision'", "\"field\":\"data.hwRevision\"");
  }

  @Test
  void shouldLetInByHawkbitsSchemes() throws Exception {
    Path keys =
        Files.writeString(
            data.resolve("keys"), "kiosk-7:key-of-the-kiosk-7\nkiosk-8:key-of-the-kiosk-8\n");
    Path token = Files.writeString(data.resolve("token"), "token-of-the-gateway");
    GatewayService gateway =
        start(Map.of("gateway.api-keys", keys.toString(), "gateway.token-file", token.toString()));

    assertThat(status(gateway, "")).isEqualTo(401);
    assertThat(status(gateway, "TargetToken key-of-the-kiosk-7")).isEqualTo(200);
    assertThat(status(gateway, "TargetToken key-of-the-kiosk-8")).isEqualTo(401);
    assertThat(status(gateway, "TargetToken token-of-the-gateway")).isEqualTo(401);
    assertThat(status(gateway, "GatewayToken token-of-the-gateway")).isEqualTo(200);
    assertThat(status(gateway, "GatewayToken key-of-the-kiosk-8")).isEqualTo(200);
    assertThat(status(gateway, "GatewayToken key-of-nobody-at-all")).isEqualTo(401);
    assertThat(status(gateway, "Bearer token-of-the-gateway")).isEqualTo(200);
    DdiClient elsewhere =
        new DdiClient(
            gateway.address().orElseThrow(),
            "DEFAULT",
            "kiosk-7",
            "TargetToken key-of-the-kiosk-7");
    assertThat(elsewhere.get(gateway.address().orElseThrow().resolve("/v1/models").toString()))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(401);
  }

  @Test
  void shouldLimitTheRateOfAnAddress() throws Exception {
    DdiClient kiosk = client(start(Map.of("gateway.max-requests-per-address", "1")));
    await().atMost(PATIENCE).until(() -> kiosk.get("").statusCode() == 429);
  }

  @Test
  void shouldNotSpeakTheApiUnlessATenantIsNamed() throws Exception {
    DdiClient kiosk = client(start(Map.of("gateway.hawkbit.tenants", "")));
    assertThat(kiosk.get("").statusCode()).isEqualTo(404);
  }

  private static int status(GatewayService gateway, String authorization) throws Exception {
    return new DdiClient(gateway.address().orElseThrow(), "DEFAULT", "kiosk-7", authorization)
        .get("")
        .statusCode();
  }
}
