package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.Map;

import io.cachepolicy.actuate.CachePoliciesEndpoint.FlushDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.ReplayDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.EndpointJmxExtension;
import org.springframework.boot.convert.DurationStyle;

/**
 * {@link EndpointJmxExtension @EndpointJmxExtension} for the
 * {@link CachePoliciesEndpoint}, with types that any JMX client can enter.
 */
@EndpointJmxExtension(endpoint = CachePoliciesEndpoint.class)
public class CachePoliciesEndpointJmxExtension {

	private final CachePoliciesEndpoint delegate;

	/**
	 * Create an extension.
	 * @param delegate the endpoint
	 */
	public CachePoliciesEndpointJmxExtension(CachePoliciesEndpoint delegate) {
		this.delegate = delegate;
	}

	/**
	 * Flush a cache.
	 * @param cache the name of the cache
	 * @param timeout the longest to wait, such as {@code 30s}, at most a minute,
	 * {@code null} for ten seconds
	 * @return what became of the writes, or {@code null} if there is no cache of that
	 * name
	 */
	@WriteOperation
	public @Nullable FlushDescriptor flush(@Selector String cache, @Nullable String timeout) {
		Duration duration = (timeout != null) ? DurationStyle.detectAndParse(timeout) : null;
		return this.delegate.flush(cache, duration);
	}

	/**
	 * Write the value of a dead letter again.
	 * @param cache the name of the cache
	 * @param id the id of the dead letter
	 * @return whether it was {@code replayed}: {@code false} if there is no such one
	 */
	@WriteOperation
	public Map<String, Boolean> replayDeadLetter(@Selector String cache, @Selector long id) {
		return Map.of("replayed", this.delegate.replay(cache, id));
	}

	/**
	 * Write the values of all dead letters again.
	 * @param cache the name of the cache
	 * @return how many were written, or {@code null} if there is no cache of that name
	 */
	@WriteOperation
	public @Nullable ReplayDescriptor replayDeadLetters(@Selector String cache) {
		return this.delegate.replayAll(cache);
	}

	/**
	 * Drop a dead letter.
	 * @param cache the name of the cache
	 * @param id the id of the dead letter
	 * @return whether it was {@code discarded}: {@code false} if there is no such one
	 */
	@DeleteOperation
	public Map<String, Boolean> discardDeadLetter(@Selector String cache, @Selector long id) {
		return Map.of("discarded", this.delegate.discard(cache, id));
	}

}
