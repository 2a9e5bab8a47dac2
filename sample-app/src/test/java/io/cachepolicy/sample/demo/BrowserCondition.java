package io.cachepolicy.sample.demo;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Skips tests that need a browser where there is none, and says so loudly.
 */
class BrowserCondition implements ExecutionCondition {

	static final Path BROWSER = Path.of("/usr/bin/chromium");

	static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Logger logger = LoggerFactory.getLogger(BrowserCondition.class);

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		if (Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER)) {
			return ConditionEvaluationResult.enabled("There is a browser");
		}
		String reason = "THE PAGE IS NOT TESTED in %s: there is no %s with %s, install chromium and chromium-driver"
			.formatted(context.getDisplayName(), BROWSER, DRIVER);
		if (context.getTestMethod().isEmpty()) {
			logger.error(reason);
		}
		return ConditionEvaluationResult.disabled(reason);
	}

}
