package io.cachepolicy.hazelcast.process;

import java.nio.file.Path;
import java.util.Arrays;

import com.hazelcast.core.HazelcastInstance;
import io.cachepolicy.spi.ChangeChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * An instance: reads and writes until it is stopped.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@EntityScan(basePackageClasses = Item.class)
@EnableJpaRepositories(basePackageClasses = Item.class, considerNestedRepositories = true)
public class InstanceApplication {

	/**
	 * Start an instance.
	 * @param args the directory of its records, its number among the instances, and
	 * properties
	 */
	public static void main(String[] args) {
		String[] properties = Arrays.copyOfRange(args, 2, args.length);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(InstanceApplication.class)
			.web(WebApplicationType.NONE)
			.run(properties);
		new Workload(context, Path.of(args[0]), Integer.parseInt(args[1])).start();
	}

	@Bean
	@ConditionalOnProperty("naive")
	ChangeChannel naiveChannel(HazelcastInstance hazelcast) {
		return new NaiveChannel(hazelcast);
	}

	@Bean(destroyMethod = "shutdown")
	@ConditionalOnProperty("naive")
	@Nullable HazelcastInstance naiveHazelcast(org.springframework.core.env.Environment environment) {
		return NaiveChannel.createMember(environment);
	}

}
