package io.cachepolicy.sample.assets;

import io.cachepolicy.sample.AbstractSampleTests;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class AssetTests extends AbstractSampleTests {

	@Test
	void publishWritesRowAtOnce() {
		publish("font.woff2", "a1");
		assertThat(row("/assets/font.woff2")).containsEntry("checksum", "a1");
	}

	@Test
	void publishLeavesCachingToTheNextRead() {
		publish("icon.png", "a1");
		changeRow("icon.png", "b2");
		assertThat(checksum("icon.png")).isEqualTo("b2");
		changeRow("icon.png", "c3");
		assertThat(checksum("icon.png")).isEqualTo("b2");
	}

	@Test
	void publishAgainDropsTheEntry() {
		publish("style.css", "a1");
		assertThat(checksum("style.css")).isEqualTo("a1");
		publish("style.css", "b2");
		assertThat(checksum("style.css")).isEqualTo("b2");
	}

	@Test
	void withdrawDeletesRowAtOnce() {
		publish("old.js", "a1");
		assertThat(delete("/assets/old.js")).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get("/assets/old.js")).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get("/assets/old.js/row")).hasStatus(HttpStatus.NOT_FOUND);
	}

	private void publish(String name, String checksum) {
		assertThat(put("/assets/" + name,
				"{\"contentType\": \"text/plain\", \"length\": 10, \"checksum\": \"%s\"}".formatted(checksum)))
			.hasStatusOk();
	}

	private String checksum(String name) {
		return read(get("/assets/" + name), "$.checksum");
	}

	private void changeRow(String name, String checksum) {
		this.jdbc.sql("update asset set checksum = :checksum where name = :name")
			.param("checksum", checksum)
			.param("name", name)
			.update();
	}

}
