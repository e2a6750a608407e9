package io.distillstream.teacher.http;

import io.distillstream.http.WholeRequest;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.Refused;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses calls to label texts that the queue has no time or room for, on the thread that read
 * them: no other thread, no route, no strict reading of the body. Under overload most calls are
 * refused, and what each costs is taken from those that are answered.
 *
 * <p>Everything else is passed on, also what is in any way unusual: whoever takes the call decides
 * again.
 */
final class EarlyRefusal extends Handler.Wrapper {

  private final LabelQueue queue;
  private final QueueRefusals refusals;
  private final Supplier<Optional<String>> hindrance;

  EarlyRefusal(LabelQueue queue, QueueRefusals refusals, Supplier<Optional<String>> hindrance) {
    this.queue = queue;
    this.refusals = refusals;
    this.hindrance = hindrance;
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (request.getMethod().equals("POST")
        && Request.getPathInContext(request).equals(TeacherApi.PREDICT)
        && refuse(request, response, callback)) {
      return true;
    }
    return super.handle(request, response, callback);
  }

  private boolean refuse(Request request, Response response, Callback callback) {
    if (queue.takes()) {
      return false;
    }
    Optional<CallOutline> call = CallOutline.of(WholeRequest.bodyOf(request));
    if (call.isEmpty() || (call.get().recorded() && hindrance.get().isPresent())) {
      return false;
    }
    int texts = call.get().texts();
    Optional<Refused> refused = queue.refusal(texts, call.get().recorded());
    refused.ifPresent(reason -> refusals.of(reason, texts).answer(request, response, callback));
    return refused.isPresent();
  }
}
