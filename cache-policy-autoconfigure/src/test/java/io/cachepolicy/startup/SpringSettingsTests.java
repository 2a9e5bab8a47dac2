package io.cachepolicy.startup;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelRepository;
import io.cachepolicy.startup.parcels.Parcels;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications with settings that change how beans are created, or on which threads they
 * work.
 */
class SpringSettingsTests extends AbstractStartupTests {

	private static final int WRITERS = 50;

	@ParameterizedTest
	@ValueSource(strings = { "spring.main.lazy-initialization=true", "spring.data.jpa.repositories.bootstrap-mode=lazy",
			"spring.data.jpa.repositories.bootstrap-mode=deferred", "spring.jpa.bootstrap=async",
			"spring.threads.virtual.enabled=true", "spring.jmx.enabled=true", "spring.aop.proxy-target-class=false",
			"spring.aop.auto=false", "spring.main.allow-bean-definition-overriding=true",
			"spring.persistence.exceptiontranslation.enabled=false" })
	@DisplayName("S1: settings of Spring don't get in the way of the caches")
	void applicationWithSettingWorks(String setting) {
		assertWorks(startParcels(setting));
	}

	@Test
	@DisplayName("S1: repositories that are created late are found")
	void applicationWithDeferredRepositoriesInBackgroundWorks() {
		assertWorks(startParcels("spring.data.jpa.repositories.bootstrap-mode=deferred", "spring.jpa.bootstrap=async",
				"spring.main.lazy-initialization=true"));
	}

	@Test
	@DisplayName("S1: rows that the start inserts after the schema is there are read")
	void applicationWithDeferredDataSourceInitializationWorks() {
		ConfigurableApplicationContext context = startParcels("spring.sql.init.mode=always",
				"spring.jpa.defer-datasource-initialization=true",
				"spring.sql.init.data-locations=classpath:io/cachepolicy/startup/data.sql");
		assertThat(context.getBean(Parcels.class).find(9)).map(Parcel::getLabel).contains("seeded");
		context.getBean(Parcels.class).remove(9);
		flush(context);
		assertWorks(context);
	}

	@Test
	@DisplayName("S1: writes of virtual threads are cached, and drained when the application closes")
	void writesOfVirtualThreadsAreDrained(TestReporter reporter) {
		ConfigurableApplicationContext context = startParcels("spring.threads.virtual.enabled=true");
		AtomicInteger virtual = new AtomicInteger();
		writeConcurrently(context, virtual);
		boolean supported = ClassUtils.hasMethod(Thread.class, "isVirtual");
		assertThat(virtual).hasValue(supported ? WRITERS : 0);
		if (!supported) {
			reporter
				.publishEntry("NOT TESTED WITH VIRTUAL THREADS, which Java " + Runtime.version() + " does not have");
		}
		context.close();
		assertThat(this.database.labels("parcel")).isEqualTo(
				LongStream.range(0, WRITERS).boxed().collect(Collectors.toMap((id) -> id, (id) -> "parcel " + id)));
	}

	private void writeConcurrently(ConfigurableApplicationContext context, AtomicInteger virtual) {
		AsyncTaskExecutor executor = context.getBean(AsyncTaskExecutor.class);
		Parcels parcels = context.getBean(Parcels.class);
		CompletableFuture.allOf(IntStream.range(0, WRITERS).mapToObj((id) -> executor.submitCompletable(() -> {
			virtual.addAndGet(isVirtual() ? 1 : 0);
			parcels.write(new Parcel((long) id, "draft " + id));
			parcels.write(new Parcel((long) id, "parcel " + id));
		})).toArray(CompletableFuture<?>[]::new)).join();
	}

	private static boolean isVirtual() {
		var isVirtual = ReflectionUtils.findMethod(Thread.class, "isVirtual");
		@Nullable Object virtual = (isVirtual != null) ? ReflectionUtils.invokeMethod(isVirtual, Thread.currentThread()) : null;
		return Boolean.TRUE.equals(virtual);
	}

	@Test
	@DisplayName("S4: stopped and started again the application goes on with what is pending")
	void applicationThatStopsAndStartsAgainWorks() {
		ConfigurableApplicationContext context = startParcels();
		context.getBean(Parcels.class).write(new Parcel(7L, "seven"));
		context.stop();
		assertThat(this.database.labels("parcel")).isEqualTo(Map.of(7L, "seven"));
		context.start();
		context.getBean(ParcelRepository.class).deleteById(7L);
		assertThat(AopUtils.isAopProxy(context.getBean(Parcels.class))).isTrue();
		assertWorks(context);
	}

}
