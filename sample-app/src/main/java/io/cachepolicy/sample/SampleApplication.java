package io.cachepolicy.sample;

import java.time.Clock;

import io.cachepolicy.sample.replay.ReplayCommand;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * A small application that shows the write policies side by side.
 */
@SpringBootApplication
@EnableCaching
@EnableScheduling
public class SampleApplication {

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		if (!ReplayCommand.isRequested(args)) {
			application.run(args);
			return;
		}
		application.setAdditionalProfiles("replay");
		ConfigurableApplicationContext context = application.run(args);
		int status = context.getBean(ReplayCommand.class).run(args);
		System.exit(SpringApplication.exit(context, () -> status));
	}

}
