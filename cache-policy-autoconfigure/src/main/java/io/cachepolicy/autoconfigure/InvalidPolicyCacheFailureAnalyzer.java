package io.cachepolicy.autoconfigure;

import io.cachepolicy.InvalidPolicyCacheException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is wrong with a cache, or with a method that uses one, and what can be done.
 */
class InvalidPolicyCacheFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPolicyCacheException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPolicyCacheException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.getAction(), cause);
	}

}
