package io.distillstream.gateway.hawkbit;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;

/** Speaks the API in the name of one controller, and follows the links that it is given. */
final class DdiClient {

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI controller;
  private final String authorization;

  DdiClient(URI gateway, String tenant, String id, String authorization) {
    this.controller = gateway.resolve("/" + tenant + "/controller/v1/" + id);
    this.authorization = authorization;
  }

  JsonFields poll() throws Exception {
    return json(controller.toString());
  }

  /** The link of this name in the answer to a poll. */
  Optional<String> link(String name) throws Exception {
    JsonFields links = poll().object("_links");
    assertThat(links.names()).hasSizeLessThanOrEqualTo(1);
    return links.has(name) ? Optional.of(links.object(name).text("href")) : Optional.empty();
  }

  JsonFields json(String address) throws Exception {
    HttpResponse<byte[]> answer = get(address);
    assertThat(answer.statusCode()).as(address).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    return Json.object(answer.body());
  }

  /** What an action says of itself, of which it has one chunk. */
  JsonFields chunk(String deployment) throws Exception {
    return json(deployment).object("deployment").objects("chunks").get(0);
  }

  /**
   * @param address relative to the controller's, or a link
   */
  HttpResponse<byte[]> get(String address, String... headers) throws Exception {
    return send(request(address, headers).GET());
  }

  HttpResponse<byte[]> feedback(String place, String execution, String finished) throws Exception {
    return post(
        place + "/feedback",
        """
        {"id": "%s", "time": "20260301T120000", "status": {"execution": "%s",
         "result": {"finished": "%s", "progress": {"cnt": 1, "of": 2}},
         "details": ["one thing", "another"]}}\
        """
            .formatted(place.substring(place.lastIndexOf('/') + 1), execution, finished));
  }

  HttpResponse<byte[]> post(String place, String json) throws Exception {
    return send(
        request(place, "Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<byte[]> put(String place, String json) throws Exception {
    return send(
        request(place, "Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String address, String... headers) {
    URI uri = address.startsWith("http") ? URI.create(address) : URI.create(controller + address);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return authorization.isEmpty() ? request : request.header("Authorization", authorization);
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
