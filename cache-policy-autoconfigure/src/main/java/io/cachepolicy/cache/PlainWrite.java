package io.cachepolicy.cache;

import java.util.LinkedHashMap;
import java.util.Map;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.transaction.PreparedWrite;

/**
 * A write to a cache without a store.
 */
final class PlainWrite implements PreparedWrite {

	private final CacheCore core;

	private final Map<Object, Object> values = new LinkedHashMap<>();

	PlainWrite(CacheCore core, Map<Object, Object> entries) {
		this.core = core;
		entries.forEach((key, value) -> this.values.put(key, (Absent.is(value)) ? value : core.isolate(value)));
	}

	@Override
	public void describe(Map<Object, Object> visible) {
		visible.putAll(this.values);
	}

	@Override
	public void complete() {
		this.values.forEach((key, value) -> {
			if (Absent.is(value) && !this.core.cachesAbsent()) {
				this.core.tier().evict(key);
			}
			else {
				this.core.tier().put(key, value);
			}
		});
		this.core.changes().published(this.values.keySet());
	}

}
