package io.cachepolicy.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Refuses the start on a Spring Boot that is too old, before a class is missed. It uses
 * nothing but what such a version has as well.
 */
class SpringBootVersionInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

	private static final int OLDEST = 4;

	@Override
	public void initialize(ConfigurableApplicationContext applicationContext) {
		check(SpringBootVersion.getVersion());
	}

	static void check(@Nullable String version) {
		int dot = (version != null) ? version.indexOf('.') : -1;
		if (version != null && dot > 0 && Integer.parseInt(version.substring(0, dot)) < OLDEST) {
			throw new UnsupportedSpringBootException(version);
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
