package io.cachepolicy.bypass;

import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.PolicyCached;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Component;

/**
 * Look-ups that count how often their bodies run.
 */
@Component
public class Lookups {

	private final WareRepository repository;

	private final AtomicInteger bodies = new AtomicInteger();

	Lookups(WareRepository repository) {
		this.repository = repository;
	}

	@PolicyCached("write-through")
	@Nullable Ware read(long id) {
		this.bodies.incrementAndGet();
		return this.repository.findById(id).orElse(null);
	}

	@Cacheable("write-through")
	@Nullable Ware cacheable(long id) {
		this.bodies.incrementAndGet();
		return this.repository.findById(id).orElse(null);
	}

	@Cacheable("pages")
	String page(String name) {
		this.bodies.incrementAndGet();
		return name + this.repository.count();
	}

	int bodies() {
		return this.bodies.getAndSet(0);
	}

}
