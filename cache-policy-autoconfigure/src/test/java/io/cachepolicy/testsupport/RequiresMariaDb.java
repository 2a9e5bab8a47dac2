package io.cachepolicy.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Skips tests that need a {@link MariaDb} where there is none, and says so loudly.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresMariaDb.Condition.class)
public @interface RequiresMariaDb {

	/**
	 * The condition.
	 */
	class Condition implements ExecutionCondition {

		private static final Logger logger = LoggerFactory.getLogger(RequiresMariaDb.class);

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			if (Files.isExecutable(MariaDb.SERVER) && Files.isExecutable(MariaDb.INSTALLER)) {
				return ConditionEvaluationResult.enabled("There is a MariaDB");
			}
			String reason = "MARIADB IS NOT TESTED in %s: there is no %s with %s, install mariadb-server"
				.formatted(context.getDisplayName(), MariaDb.SERVER, MariaDb.INSTALLER);
			if (context.getTestMethod().isEmpty()) {
				logger.error(reason);
			}
			return ConditionEvaluationResult.disabled(reason);
		}

	}

}
