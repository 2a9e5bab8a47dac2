package io.cachepolicy.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} of test slices: {@code @EnableCaching} on
 * the main class is enabled in them too, so there has to be a cache manager. It caches
 * nothing and stores every write at once, unless the test sets {@code spring.cache.type}.
 */
@AutoConfiguration(before = CachePolicyAutoConfiguration.class)
public final class CachePolicyTestSliceAutoConfiguration {

	@Bean
	TestSlice cachePolicyTestSlice() {
		return new TestSlice();
	}

}
