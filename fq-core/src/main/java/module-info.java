/** The file queue, the worker, and what every backend keeps. */
@SuppressWarnings("requires-automatic") // uuid-creator names its module in the manifest only
module dev.fq {
  requires transitive com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.core;
  requires com.github.f4b6a3.uuid;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.fq;
  exports dev.fq.file;
  exports dev.fq.memory;
  exports dev.fq.spi;

  uses dev.fq.spi.QueueBackendProvider;

  provides dev.fq.spi.QueueBackendProvider with
      dev.fq.file.FileQueueProvider,
      dev.fq.memory.MemoryQueueProvider;
}
