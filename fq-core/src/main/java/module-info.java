/** Tasks, their queue and their worker; the file queue; what every backend keeps. */
@SuppressWarnings("requires-automatic") // uuid-creator names its module in the manifest only
module dev.fq {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive com.fasterxml.jackson.annotation;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.datatype.jsr310;
  requires com.github.f4b6a3.uuid;
  requires dev.failsafe.core;
  requires me.tongfei.progressbar;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.fq;
  exports dev.fq.file;
  exports dev.fq.memory;
  exports dev.fq.spi;
  exports dev.fq.spi.service;

  uses dev.fq.TaskProvider;
  uses dev.fq.spi.QueueBackendProvider;

  provides dev.fq.spi.QueueBackendProvider with
      dev.fq.file.FileQueueProvider,
      dev.fq.memory.MemoryQueueProvider;
}
