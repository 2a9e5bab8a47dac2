package io.cachepolicy.test.autoconfigure;

import java.time.Duration;

import io.cachepolicy.autoconfigure.CachePolicyProperties;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.autoconfigure.CachePolicyProperties.WriteBack;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the settings that {@link FlushOnDemand} changes.
 */
class FlushOnDemandSettingsTests {

	private final CachePolicyProperties properties = new CachePolicyProperties();

	private final WriteBack defaults = this.properties.getDefaults().getWriteBack();

	private final WriteBack cache = declare().getWriteBack();

	@Test
	void defaultsWhenNothingIsSet() {
		change();
		assertThat(this.defaults.getFlushInterval()).isEqualTo(Duration.ofDays(365));
		assertThat(this.defaults.getMaxPending()).isEqualTo(Integer.MAX_VALUE);
		assertThat(this.defaults.getFlushThreshold()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void cacheWhenNothingIsSet() {
		change();
		assertThat(this.cache).usingRecursiveComparison().isEqualTo(new CacheSettings().getWriteBack());
	}

	@Test
	void cacheWhenIntervalIsSet() {
		this.cache.setFlushInterval(Duration.ofSeconds(1));
		change();
		assertThat(this.cache.getFlushInterval()).isEqualTo(Duration.ofDays(365));
		assertThat(this.cache.getFlushThreshold()).isNull();
	}

	@Test
	void cacheWhenMaxPendingIsSet() {
		this.cache.setMaxPending(10);
		this.cache.setFlushThreshold(5);
		change();
		assertThat(this.cache.getMaxPending()).isEqualTo(10);
		assertThat(this.cache.getFlushThreshold()).isEqualTo(10);
	}

	@Test
	void cacheWhenThresholdIsSetAndMaxPendingInherited() {
		this.defaults.setMaxPending(20);
		this.cache.setFlushThreshold(5);
		change();
		assertThat(this.defaults.getMaxPending()).isEqualTo(20);
		assertThat(this.defaults.getFlushThreshold()).isEqualTo(20);
		assertThat(this.cache.getFlushThreshold()).isEqualTo(20);
	}

	private CacheSettings declare() {
		CacheSettings cache = new CacheSettings();
		this.properties.getCaches().put("notes", cache);
		return cache;
	}

	private void change() {
		new FlushOnDemand().postProcessAfterInitialization(this.properties, "properties");
	}

}
