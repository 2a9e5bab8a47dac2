package io.cachepolicy.startup;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import io.cachepolicy.startup.parcels.Parcels;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base for tests which start an application, use a cache of it, and close it.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractStartupTests {

	static final Duration TIMEOUT = Duration.ofSeconds(30);

	final Database database = Database.create();

	private @Nullable ConfigurableApplicationContext context;

	@AfterEach
	void close(CapturedOutput output) {
		if (this.context != null) {
			this.context.close();
		}
		assertThat(output).doesNotContain("not eligible", " ERROR ");
	}

	/**
	 * Start an application.
	 * @param source its configuration class
	 * @param properties its settings
	 * @return the application, which is closed after the test
	 */
	ConfigurableApplicationContext start(Class<?> source, String... properties) {
		this.context = builder(source).main(source).run(Stream.of(properties).map("--"::concat).toArray(String[]::new));
		return this.context;
	}

	/**
	 * Start the application with parcels only.
	 * @param properties its settings
	 * @return the application, which is closed after the test
	 */
	ConfigurableApplicationContext startParcels(String... properties) {
		return start(ParcelApplication.class, properties);
	}

	SpringApplicationBuilder builder(Class<?>... sources) {
		return new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + this.database.url(), "spring.jpa.hibernate.ddl-auto=update",
					"spring.main.banner-mode=off", "logging.level.root=warn",
					"logging.level.org.hibernate.orm.service=error",
					"cache-policy.defaults.write-back.flush-interval=1h");
	}

	/**
	 * Check that parcels are cached, flushed on demand, and drained at the end.
	 * @param context the application, which is closed
	 */
	void assertWorks(ConfigurableApplicationContext context) {
		assertCachesAndFlushes(context);
		assertDrains(context);
	}

	void assertCachesAndFlushes(ConfigurableApplicationContext context) {
		Parcels parcels = context.getBean(Parcels.class);
		parcels.write(new Parcel(1L, "one"));
		assertThat(this.database.labels("parcel")).isEmpty();
		assertThat(parcels.find(1)).map(Parcel::getLabel).contains("one");
		assertThat(flush(context)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(1L, "one"));
		this.database.jdbc().update("delete from parcel");
		assertThat(parcels.find(1)).as("cached").map(Parcel::getLabel).contains("one");
	}

	void assertDrains(ConfigurableApplicationContext context) {
		context.getBean(Parcels.class).write(new Parcel(2L, "two"));
		assertThat(this.database.labels("parcel")).isEmpty();
		context.close();
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(2L, "two"));
	}

	static FlushReport flush(ConfigurableApplicationContext context) {
		return context.getBean(PolicyCacheManager.class).flush(TIMEOUT);
	}

}
