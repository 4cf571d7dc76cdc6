package dev.fq.file;

/** Every sentence of the contract holds for tasks in bundles of three too. */
class BundlesOfThreeTest extends BundledFileQueueTest {

  @Override
  protected int size() {
    return 3;
  }
}
