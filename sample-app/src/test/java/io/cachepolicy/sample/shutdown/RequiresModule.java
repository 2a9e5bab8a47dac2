package io.cachepolicy.sample.shutdown;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ClassUtils;

/**
 * Skips tests of the sample with a module that only a Maven profile brings, and says so
 * loudly.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresModule.Condition.class)
public @interface RequiresModule {

	/**
	 * The Maven profile.
	 * @return the name of the profile
	 */
	String profile();

	/**
	 * A class of the module.
	 * @return the name of the class
	 */
	String type();

	/**
	 * Looks for the class.
	 */
	class Condition implements ExecutionCondition {

		private static final Logger logger = LoggerFactory.getLogger(RequiresModule.class);

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			RequiresModule module = MergedAnnotations.from(context.getRequiredTestClass())
				.get(RequiresModule.class)
				.synthesize();
			if (ClassUtils.isPresent(module.type(), null)) {
				return ConditionEvaluationResult.enabled("The module is there");
			}
			String reason = "NOT TESTED: %s needs the Maven profile, as in \"mvn -P%s verify\""
				.formatted(context.getRequiredTestClass().getSimpleName(), module.profile());
			if (context.getTestMethod().isEmpty()) {
				logger.error(reason);
			}
			return ConditionEvaluationResult.disabled(reason);
		}

	}

}
