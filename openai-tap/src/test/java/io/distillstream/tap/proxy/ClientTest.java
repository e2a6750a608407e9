package io.distillstream.tap.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that sends its next request as soon as it has all of an answer. */
class ClientTest {
  private static final byte[] ANSWER = "answered".getBytes(US_ASCII);

  private final CountDownLatch sent = new CountDownLatch(1);
  private volatile boolean gone;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldKeepTheConnectionThoughItsNextRequestIsThereAlready(boolean inOnePart)
      throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(answering(inOnePart));
    server.start();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      ask(socket, "first");
      assertThat(answer(in)).isEqualTo("answered");
      ask(socket, "second");
      sent.countDown();

      assertThat(answer(in)).isEqualTo("answered");
      assertThat(gone).isFalse();
    } finally {
      server.stop();
    }
  }

  /** Looks after the client, the first time, between its next request and the end of this one. */
  private Handler answering(boolean inOnePart) {
    return new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, Callback callback) {
        Client client = new Client(request, response, callback);
        client.head(new Head(), true);
        client.write(ANSWER, inOnePart, () -> written(client, request, inOnePart), e -> {});
        return true;
      }
    };
  }

  private void written(Client client, Request request, boolean whole) {
    Thread other =
        new Thread(
            () -> {
              if (request.getHttpURI().getPath().equals("/first")) {
                awaitNext();
                gone = client.isGone();
              }
              if (whole) {
                client.done();
              } else {
                client.write(new byte[0], true, client::done, e -> {});
              }
            });
    other.setDaemon(true);
    other.start();
  }

  private void awaitNext() {
    try {
      sent.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void ask(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write("GET /%s HTTP/1.1\r\nHost: tap\r\n\r\n".formatted(path).getBytes(US_ASCII));
  }

  private static String answer(BufferedReader in) throws IOException {
    String line = in.readLine();
    assertThat(line).startsWith("HTTP/1.1 200");
    while (!line.isEmpty()) {
      line = in.readLine();
    }
    char[] body = new char[ANSWER.length];
    for (int read = 0; read < body.length; ) {
      read += in.read(body, read, body.length - read);
    }
    return new String(body);
  }

  /** Of an answer whose length the upstream announces. */
  private static final class Head implements HttpResponse.ResponseInfo {
    @Override
    public int statusCode() {
      return 200;
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(
          Map.of("content-length", List.of(String.valueOf(ANSWER.length))), (name, value) -> true);
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}
