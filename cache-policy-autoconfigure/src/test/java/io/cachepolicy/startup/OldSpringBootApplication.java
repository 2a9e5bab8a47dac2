package io.cachepolicy.startup;

import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Configuration;

/**
 * An application that uses nothing but what each Spring Boot has.
 */
@Configuration(proxyBeanMethods = false)
public final class OldSpringBootApplication {

	private OldSpringBootApplication() {
	}

	/**
	 * Start the application.
	 * @param args not used
	 */
	public static void main(String[] args) {
		SpringApplication.run(OldSpringBootApplication.class, args);
	}

}
