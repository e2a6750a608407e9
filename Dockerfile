# Runs what ./distillstream has built on the host: build there first.
FROM eclipse-temurin:17-jre
WORKDIR /opt/distillstream
COPY local/target/lib lib
COPY local/target/classes classes
VOLUME /data
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Xmx2g", "-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1", "-Dai.djl.pytorch.num_interop_threads=1", "-cp", "classes:lib/*", "io.distillstream.local.Distillstream"]
