package io.cachepolicy.sample.demo;

import java.util.List;
import java.util.function.Predicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.sample.demo.Traffic.Answer;
import io.cachepolicy.sample.demo.Traffic.Burst;

import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * What the page at {@code /} shows, and the buttons on it. These ask for JSON, although
 * they have no body: a browser lets no page of another site send that.
 */
@RestController
@RequestMapping("/demo")
@Profile("!replay")
class DemoController {

	private final Readings readings;

	private final Traffic traffic;

	private final Audience audience;

	private final Database database;

	private final TableLimit limit;

	DemoController(Readings readings, Traffic traffic, Audience audience, Database database, TableLimit limit) {
		this.readings = readings;
		this.traffic = traffic;
		this.audience = audience;
		this.database = database;
		this.limit = limit;
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter events() {
		return this.audience.join();
	}

	@PostMapping(path = "/bursts", consumes = MediaType.APPLICATION_JSON_VALUE)
	List<Burst> burst() {
		prepare();
		return this.traffic.burst();
	}

	@PostMapping(path = "/traffic", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void startTraffic() {
		prepare();
		if (!this.audience.startTraffic()) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, "Nobody watches");
		}
	}

	@DeleteMapping("/traffic")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void stopTraffic() {
		this.traffic.stop();
	}

	@PostMapping(path = "/outage", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void beginOutage() {
		prepare();
		this.database.setAway(true);
	}

	@DeleteMapping("/outage")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void endOutage() {
		this.database.setAway(false);
	}

	@PostMapping(path = "/poison", consumes = MediaType.APPLICATION_JSON_VALUE)
	List<Answer> poison() {
		prepare();
		return this.traffic.poison();
	}

	@PostMapping(path = "/limit", consumes = MediaType.APPLICATION_JSON_VALUE)
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void imposeLimit() {
		this.limit.impose();
	}

	@DeleteMapping("/limit")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void liftLimit() {
		this.limit.lift();
	}

	@PostMapping(path = "/dead-letters/{id}/replay", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<Void> replay(@PathVariable long id) {
		return onGivenUp(id, this.readings.cache(Lane.WRITE_BACK)::replay);
	}

	@DeleteMapping("/dead-letters/{id}")
	ResponseEntity<Void> discard(@PathVariable long id) {
		return onGivenUp(id, this.readings.cache(Lane.WRITE_BACK)::discard);
	}

	private ResponseEntity<Void> onGivenUp(long id, Predicate<DeadLetter> action) {
		PolicyCache cache = this.readings.cache(Lane.WRITE_BACK);
		boolean done = cache.deadLetters().stream().filter((letter) -> letter.id() == id).anyMatch(action);
		return ResponseEntity.status((done) ? HttpStatus.NO_CONTENT : HttpStatus.NOT_FOUND).build();
	}

	private void prepare() {
		// What was never filled can't be filled while the database is away
		if (!this.database.isAway()) {
			this.readings.prepare();
		}
	}

}
