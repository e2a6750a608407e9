package io.distillstream.device;

import io.distillstream.delta.DeltaWriter;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import io.distillstream.update.DeltaRef;
import io.distillstream.update.UpdateManifest;
import java.util.List;

/** Updates and deltas whose files a source gives out. Borrows it. */
record TestUpdates(MemoryTransport source) {

  static final String WHOLE = "glosses-";
  static final String DELTA = "delta-";

  UpdateManifest update(long version, DeltaRef... deltas) {
    byte[] model = TestModels.model(version);
    UpdateManifest whole = TestModels.manifest(version, model);
    source.store(whole.artifact(), model);
    return new UpdateManifest(
        whole.model(),
        whole.channel(),
        whole.version(),
        whole.labelSpace(),
        whole.format(),
        whole.artifact(),
        List.of(deltas),
        whole.probes(),
        whole.recordsTrained(),
        whole.arrivals());
  }

  /** From a version to the next one. */
  DeltaRef delta(long from) {
    byte[] old = TestModels.model(from);
    byte[] fresh = TestModels.model(from + 1);
    byte[] delta = DeltaWriter.deflated(old, fresh);
    ArtifactRef file = new ArtifactRef(DELTA + from, delta.length, Sha256.hex(delta));
    source.store(file, delta);
    return new DeltaRef(Sha256.hex(old), Sha256.hex(fresh), fresh.length, "deflate", file);
  }
}
