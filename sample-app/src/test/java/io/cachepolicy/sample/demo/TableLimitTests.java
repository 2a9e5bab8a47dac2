package io.cachepolicy.sample.demo;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(
		properties = "spring.datasource.url=jdbc:h2:mem:limit;DB_CLOSE_ON_EXIT=FALSE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE")
class TableLimitTests {

	@Autowired
	private Sampler sampler;

	@Autowired
	private Readings readings;

	@Test
	void limitIsThereBeforeTheFirstBurst() {
		assertThat(this.sampler.sample().limited()).isTrue();
		assertThat(this.readings.write(Lane.WRITE_THROUGH, "oven-0", 999).error()).isEqualTo(TableLimit.MESSAGE);
	}

}
