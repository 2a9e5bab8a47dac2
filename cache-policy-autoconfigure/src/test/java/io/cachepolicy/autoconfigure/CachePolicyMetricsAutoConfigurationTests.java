package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.actuate.BatchSizeMetrics;
import io.cachepolicy.actuate.FlushObserver;
import io.cachepolicy.actuate.FlushTracingHandler;
import io.cachepolicy.actuate.LateCacheMetrics;
import io.cachepolicy.actuate.PolicyCacheMetrics;
import io.cachepolicy.actuate.StoreWriteObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.assertj.core.groups.Tuple;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationHandlerGroup;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static io.cachepolicy.WritePolicy.WRITE_AROUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CachePolicyMetricsAutoConfiguration} and
 * {@link CachePolicyObservationAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class CachePolicyMetricsAutoConfigurationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ApplicationContextRunner plainRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class, CacheAutoConfiguration.class,
				CacheMetricsAutoConfiguration.class, CachePolicyMetricsAutoConfiguration.class,
				CachePolicyObservationAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withBean("notes", MapCacheStore.class)
		.withPropertyValues("cache-policy.caches.notes.policy=write-back",
				"cache-policy.caches.notes.write-back.flush-interval=1h");

	private final ApplicationContextRunner runner = this.plainRunner.withConfiguration(
			AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
					SimpleMetricsExportAutoConfiguration.class, ObservationAutoConfiguration.class));

	@Test
	void metersOfAllKindsOfCachesAreThereWithoutConfiguration(CapturedOutput output) {
		this.runner.withUserConfiguration(PagesConfiguration.class).run((context) -> {
			PolicyCacheManager manager = context.getBean(PolicyCacheManager.class);
			manager.getCache("late");
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			for (String cache : List.of("notes", "pages", "late")) {
				for (String meter : List.of("cache.gets", "cache.puts", "cache.evictions", "cache.size",
						"cache.policy.pending", "cache.policy.pending.age", "cache.policy.pending.max",
						"cache.policy.dead.letters", "cache.policy.writes")) {
					assertThat(registry.find(meter).tag("cache", cache).tag("cache.manager", "cacheManager").meters())
						.as("%s of %s", meter, cache)
						.isNotEmpty();
				}
			}
			assertThat(output).doesNotContain("already registered");
		});
	}

	@Test
	void metersOfSpringBootCount() {
		this.runner.withUserConfiguration(PagesConfiguration.class).run((context) -> {
			Pages pages = context.getBean(Pages.class);
			pages.find(1);
			pages.find(1);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("cache.gets").tags("cache", "pages", "result", "hit").functionCounter().count())
				.isOne();
			assertThat(registry.get("cache.gets").tags("cache", "pages", "result", "miss").functionCounter().count())
				.isPositive();
			assertThat(registry.get("cache.puts").tags("cache", "pages").functionCounter().count()).isOne();
			assertThat(registry.get("cache.size").tags("cache", "pages").gauge().value()).isOne();
		});
	}

	@Test
	void flushIsTimedAndItsBatchMeasured() {
		this.runner.run((context) -> {
			writeAndFlush(context);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Awaitility.await().until(() -> registry.find("cache.policy.flush").timer() != null);
			assertThat(registry.get("cache.policy.flush")
				.tags("cache", "notes", "cache.manager", "cacheManager", "result", "written")
				.timer()
				.count()).isOne();
			assertThat(registry.get("cache.policy.batch.size")
				.tags("cache", "notes", "cache.manager", "cacheManager")
				.summary()
				.totalAmount()).isEqualTo(2);
			assertThat(registry.get("cache.policy.writes").tags("result", "written").functionCounter().count())
				.isEqualTo(2);
		});
	}

	@Test
	void writeThroughIsObserved() {
		this.runner.withBean(TestObservationRegistry.class, TestObservationRegistry::create).run((context) -> {
			notes(context).withPolicy(WRITE_AROUND).putAll(Map.of(1L, "one", 2L, "two"));
			TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
				.hasSingleObservationThat()
				.hasNameEqualTo("cache.policy.store.write")
				.hasContextualNameEqualTo("write-around notes")
				.hasLowCardinalityKeyValue("cache", "notes")
				.hasLowCardinalityKeyValue("cache.manager", "cacheManager")
				.hasLowCardinalityKeyValue("policy", "write-around")
				.hasHighCardinalityKeyValue("rows", "2")
				.hasOnlyKeys("cache", "cache.manager", "policy", "rows")
				.hasBeenStopped();
		});
	}

	@Test
	void failureOfWriteThroughIsObservedAndReachesCaller() {
		this.runner.withBean(TestObservationRegistry.class, TestObservationRegistry::create)
			.withBean("broken", BrokenStore.class)
			.run((context) -> {
				PolicyCache cache = context.getBean(PolicyCacheManager.class).getCache("broken");
				assertThat(cache).isNotNull();
				assertThatIllegalStateException().isThrownBy(() -> cache.put(1L, "one")).withMessage("broken");
				TestObservationRegistryAssert.assertThat(context.getBean(TestObservationRegistry.class))
					.hasSingleObservationThat()
					.hasNameEqualTo("cache.policy.store.write")
					.thenError()
					.hasMessage("broken");
			});
	}

	@Test
	void spanOfFlushIsLinkedToRequestsOfWriters() {
		this.runner.withUserConfiguration(TracingConfiguration.class).run((context) -> {
			ObservationRegistry observations = context.getBean(ObservationRegistry.class);
			Observation.createNotStarted("request a", observations).observe(() -> notes(context).put(1L, "one"));
			Observation.createNotStarted("request b", observations).observe(() -> notes(context).put(2L, "two"));
			notes(context).put(3L, "three");
			notes(context).flush(TIMEOUT);
			SimpleTracer tracer = context.getBean(SimpleTracer.class);
			Awaitility.await()
				.until(() -> tracer.getSpans().stream().anyMatch((span) -> "flush notes".equals(span.getName())));
			Map<String, SimpleSpan> spans = new ConcurrentHashMap<>();
			tracer.getSpans().forEach((span) -> spans.put(span.getName(), span));
			assertThat(spans.get("flush notes").getLinks()).extracting(Link::getTraceContext)
				.extracting(TraceContext::traceId, TraceContext::spanId)
				.containsExactlyInAnyOrder(ids(spans.get("request a")), ids(spans.get("request b")));
		});
	}

	private static Tuple ids(SimpleSpan span) {
		return Tuple.tuple(span.context().traceId(), span.context().spanId());
	}

	@Test
	void metersWhenMicrometerIsAbsentBackOff() {
		this.plainRunner
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer"))
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("policyCacheMetrics");
				writeAndFlush(context);
			});
	}

	@Test
	void tracingWhenAbsentBacksOff() {
		this.runner.withClassLoader(new FilteredClassLoader(Tracer.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(FlushObserver.class)
				.doesNotHaveBean(FlushTracingHandler.class));
	}

	@Test
	void metersWhenThereIsNoPolicyCacheBackOff() {
		this.runner.withPropertyValues("spring.cache.type=simple")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PolicyCacheMetrics.class)
				.doesNotHaveBean(LateCacheMetrics.class)
				.doesNotHaveBean(BatchSizeMetrics.class)
				.doesNotHaveBean(FlushObserver.class)
				.doesNotHaveBean(StoreWriteObserver.class));
	}

	private static void writeAndFlush(ApplicationContext context) {
		notes(context).put(1L, "one");
		notes(context).put(2L, "two");
		notes(context).flush(TIMEOUT);
	}

	private static PolicyCache notes(ApplicationContext context) {
		PolicyCache cache = context.getBean(PolicyCacheManager.class).getCache("notes");
		assertThat(cache).isNotNull();
		return cache;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class PagesConfiguration {

		@Bean
		Pages pages() {
			return new Pages();
		}

	}

	static class Pages {

		@Cacheable("pages")
		String find(int number) {
			return "page " + number;
		}

	}

	static class BrokenStore extends MapCacheStore {

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			throw new IllegalStateException("broken");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TracingConfiguration {

		@Bean
		SimpleTracer tracer() {
			return new SimpleTracer();
		}

		@Bean
		@Order(1000)
		DefaultTracingObservationHandler defaultTracingObservationHandler(SimpleTracer tracer) {
			return new DefaultTracingObservationHandler(tracer);
		}

		@Bean
		ObservationHandlerGroup tracingObservationHandlerGroup() {
			return ObservationHandlerGroup.of(TracingObservationHandler.class);
		}

	}

}
