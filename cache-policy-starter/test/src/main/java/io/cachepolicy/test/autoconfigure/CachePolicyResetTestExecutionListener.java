package io.cachepolicy.test.autoconfigure;

import io.cachepolicy.test.CachePolicyTester;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DirtiesContextTestExecutionListener;
import org.springframework.test.context.transaction.TransactionalTestExecutionListener;

/**
 * {@link TestExecutionListener} that {@link CachePolicyTester#reset() resets} the caches
 * after each test method, if there is a {@link CachePolicyTester}: after the transaction
 * of the test has ended, before its context may be closed.
 */
class CachePolicyResetTestExecutionListener extends AbstractTestExecutionListener {

	/**
	 * Between {@link DirtiesContextTestExecutionListener} and
	 * {@link TransactionalTestExecutionListener}, which come later and earlier after a
	 * test.
	 */
	private static final int ORDER = 3500;

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		if (testContext.hasApplicationContext()
				&& testContext.getApplicationContext() instanceof ConfigurableApplicationContext context
				&& context.isActive()) {
			context.getBeanProvider(CachePolicyTester.class).ifAvailable(CachePolicyTester::reset);
		}
	}

}
