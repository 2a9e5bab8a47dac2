package io.cachepolicy.test.autoconfigure;

import io.cachepolicy.test.CachePolicyTester;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Stores what the application wrote while it started, so that the reset after the first
 * test does not drop it.
 */
class StartFlush implements ApplicationListener<ApplicationReadyEvent>, Ordered {

	private final CachePolicyTester tester;

	StartFlush(CachePolicyTester tester) {
		this.tester = tester;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		this.tester.flush();
		this.tester.reset();
	}

	/**
	 * After listeners of the application that write.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
