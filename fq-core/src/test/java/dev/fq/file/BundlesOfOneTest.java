package dev.fq.file;

/** Every sentence of the contract holds for tasks in bundles of one too. */
class BundlesOfOneTest extends BundledFileQueueTest {

  @Override
  protected int size() {
    return 1;
  }
}
