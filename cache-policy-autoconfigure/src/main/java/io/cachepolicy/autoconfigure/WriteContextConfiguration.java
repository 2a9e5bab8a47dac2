package io.cachepolicy.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

/**
 * What is carried from the thread that writes to the one that flushes.
 */
@Configuration(proxyBeanMethods = false)
class WriteContextConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ContextSnapshotFactory.class)
	static class SnapshotConfiguration {

		@Bean
		SnapshotContextCapture snapshotContextCapture(ObjectProvider<ContextSnapshotFactory> factory) {
			return new SnapshotContextCapture(
					SingletonSupplier.of(() -> factory.getIfAvailable(() -> ContextSnapshotFactory.builder().build())),
					ContextRegistry.getInstance());
		}

	}

}
