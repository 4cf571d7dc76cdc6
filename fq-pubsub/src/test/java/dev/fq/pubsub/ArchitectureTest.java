package dev.fq.pubsub;

import dev.fq.spi.ModuleRules;

/** The rules of all modules, in this one. */
class ArchitectureTest extends ModuleRules {}
