package io.distillstream.tap.proxy;

import io.distillstream.avro.CompletionEndpoint;
import io.distillstream.http.WholeRequest;
import io.distillstream.tap.metrics.Unrecorded;
import io.distillstream.tap.record.Recorder;
import io.distillstream.tap.record.RecordingMemory;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends every request upstream, and decides of which the answer is recorded. Does not block. */
public final class TapHandler extends Handler.Wrapper {

  private final Upstream upstream;
  private final Recording recording;
  private final UpstreamHabits habits;
  private final ExchangeWatch watch;

  /**
   * Borrows the upstream and the watch.
   *
   * @param recording what is recorded, and who is told of it
   */
  public TapHandler(Upstream upstream, Recording recording, ExchangeWatch watch) {
    this.upstream = upstream;
    this.recording = recording;
    this.habits = new UpstreamHabits(recording.refusalMemory());
    this.watch = watch;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    byte[] body = WholeRequest.bodyOf(request);
    Client client = new Client(request, response, callback);
    new Exchange(upstream, watch, client, plan(request, body), recording.metrics()).begin();
    return true;
  }

  private Plan plan(Request request, byte[] body) {
    Optional<CompletionEndpoint> endpoint =
        Question.endpoint(request.getMethod(), Request.getPathInContext(request));
    if (endpoint.isEmpty()) {
      return new PassedPlan(body);
    }
    recording.metrics().exchange();
    if (ThreadLocalRandom.current().nextDouble() >= recording.sampleRate()) {
      recording.metrics().unrecorded(Unrecorded.NOT_SAMPLED);
      return new PassedPlan(body);
    }
    Optional<Question> question = Question.read(endpoint.get(), body);
    if (question.isEmpty()) {
      recording.metrics().unrecorded(Unrecorded.UNREADABLE_REQUEST);
      return new PassedPlan(body);
    }
    RecordingMemory.Part memory = recording.memory().part();
    if (!memory.take(body.length)) {
      recording.metrics().unrecorded(Unrecorded.MEMORY_FULL);
      return new PassedPlan(body);
    }
    Question.Kind kind = question.get().kind();
    Recorder recorder =
        new Recorder(
            kind.endpoint(),
            kind.streamed(),
            body,
            Instant.now(),
            recording.exchangeBytes(),
            memory);
    return new RecordedPlan(question.get(), habits, recorder, memory, recording);
  }
}
