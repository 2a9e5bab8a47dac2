package io.cachepolicy.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.cache.CacheType;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if {@code spring.cache.type} asks for Caffeine, for no caching, or for nothing.
 */
class OnCacheTypeCondition extends SpringBootCondition {

	private static final String PROPERTY = "spring.cache.type";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Cache type");
		CacheType type = getType(context.getEnvironment());
		if (type == null) {
			return ConditionOutcome.match(message.because("no cache type is set"));
		}
		if (type == CacheType.CAFFEINE || type == CacheType.NONE) {
			return ConditionOutcome.match(message.because(PROPERTY + " is " + type));
		}
		return ConditionOutcome.noMatch(message.because(PROPERTY + " is " + type));
	}

	/**
	 * Return the type of cache that the application asks for.
	 * @param environment the environment
	 * @return the type, or {@code null} if it does not ask for one
	 */
	static @Nullable CacheType getType(Environment environment) {
		return Binder.get(environment).bind(PROPERTY, CacheType.class).orElse(null);
	}

}
