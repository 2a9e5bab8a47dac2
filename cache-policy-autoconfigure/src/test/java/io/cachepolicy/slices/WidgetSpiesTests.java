package io.cachepolicy.slices;

import java.util.Optional;

import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willReturn;
import static org.mockito.Mockito.times;

/**
 * {@link SpringBootTest} with a spy in the place of an annotated repository.
 */
@SpringBootTest(properties = { "spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create" })
class WidgetSpiesTests {

	@Autowired
	private PolicyCacheManager manager;

	@Autowired
	private JdbcTemplate jdbc;

	@MockitoSpyBean
	private WidgetRepository widgets;

	@Test
	@DisplayName("S2: a spy of an annotated repository counts calls, and the cache works behind it")
	void spyIsCached() {
		this.widgets.save(new Widget(1L, "one"));
		this.jdbc.update("delete from widget");
		assertThat(this.widgets.findById(1L)).as("cached").map(Widget::getName).contains("one");
		assertThat(this.widgets.findById(1L)).isPresent();
		then(this.widgets).should(times(2)).findById(1L);
		this.manager.getCache("widgets").clear();
		assertThat(this.widgets.findById(1L)).isEmpty();
		willReturn(Optional.of(new Widget(1L, "stubbed"))).given(this.widgets).findById(1L);
		assertThat(this.widgets.findById(1L)).map(Widget::getName).contains("stubbed");
	}

}
