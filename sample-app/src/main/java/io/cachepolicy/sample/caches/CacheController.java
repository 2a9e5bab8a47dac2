package io.cachepolicy.sample.caches;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/caches")
class CacheController {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final PolicyCacheManager caches;

	CacheController(PolicyCacheManager caches) {
		this.caches = caches;
	}

	@GetMapping
	List<CacheView> list() {
		return this.caches.getCacheNames()
			.stream()
			.sorted()
			.flatMap((name) -> find(name).stream())
			.map(CacheView::of)
			.toList();
	}

	// Not what a page of another site can send
	@PostMapping(path = "/{name}/flush", consumes = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<FlushReport> flush(@PathVariable String name) {
		return ResponseEntity.of(find(name).map((cache) -> cache.flush(TIMEOUT)));
	}

	private Optional<PolicyCache> find(String name) {
		// The manager creates the caches that it does not know
		return Optional.of(name).filter(this.caches.getCacheNames()::contains).map(this.caches::getCache);
	}

	record CacheView(String name, WritePolicy policy, long pending) {

		static CacheView of(PolicyCache cache) {
			return new CacheView(cache.getName(), cache.getPolicy(), cache.pendingWrites());
		}

	}

}
