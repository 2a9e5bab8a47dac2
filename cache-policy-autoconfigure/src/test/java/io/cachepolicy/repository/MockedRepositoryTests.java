package io.cachepolicy.repository;

import java.util.Optional;

import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for repositories that a test replaces by mocks.
 */
@SpringBootTest(classes = RepositoryApplication.class, properties = { "spring.datasource.generate-unique-name=true",
		"spring.jpa.hibernate.ddl-auto=create", "cache-policy.caches.drawers.repository=drawerRepository" })
class MockedRepositoryTests {

	@MockitoBean
	private GaugeRepository gauges;

	@MockitoBean
	private DrawerRepository drawers;

	@MockitoBean
	private PlainDrawerRepository plainDrawers;

	@Autowired
	private PolicyCacheManager manager;

	@Test
	@DisplayName("an application whose annotated repositories are mocks starts, and they are used as they are")
	void mocksAreUsedAsTheyAre() {
		given(this.gauges.findById(1L)).willReturn(Optional.of(new Gauge(1, 5))).willReturn(Optional.empty());
		assertThat(this.gauges.findById(1L)).isPresent();
		assertThat(this.gauges.findById(1L)).as("not cached").isEmpty();
		Drawer drawer = new Drawer(1L, "one");
		this.manager.getCache("drawers").put(1L, drawer);
		then(this.drawers).should().save(any());
		assertThat(this.manager.getCache("drawers").get(1L, Drawer.class)).isNotNull();
	}

	@Nested
	@TestPropertySource(properties = "cache-policy.enabled=false")
	class SwitchedOff {

		@Test
		@DisplayName("so it is where caching is switched off")
		void mocksAreUsedAsTheyAre() {
			given(MockedRepositoryTests.this.gauges.findById(1L)).willReturn(Optional.of(new Gauge(1, 5)));
			assertThat(MockedRepositoryTests.this.gauges.findById(1L)).isPresent();
		}

	}

}
