package io.cachepolicy.test.application;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
@EnableCaching
class NoteApplication {

	static final String WELCOME = "welcome";

	@Bean
	ApplicationRunner welcome(NoteService notes) {
		return (arguments) -> notes.write(new Note(WELCOME, "hello"));
	}

	@Bean
	TextStore textStore() {
		return new TextStore();
	}

}
