package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.cachepolicy.actuate.CachePoliciesEndpoint.CacheDetailsDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.FlushDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.ReplayDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} for the
 * {@link CachePoliciesEndpoint}. Dead letters are found below their cache, at
 * {@code /{cache}/deadletters}, each at {@code /{cache}/deadletters/{id}}. A browser gets
 * a page of all caches.
 * <p>
 * Each write operation has a parameter that is not part of its path: that is what makes
 * Spring Boot ask for a body of JSON, which a browser does not let pages of other sites
 * send.
 */
@EndpointWebExtension(endpoint = CachePoliciesEndpoint.class)
@ImportRuntimeHints(CachesPageRuntimeHints.class)
public class CachePoliciesEndpointWebExtension {

	private static final String DEAD_LETTERS = "deadletters";

	private final CachePoliciesEndpoint delegate;

	private final CachesPage page;

	/**
	 * Create an extension for an endpoint that is exposed by its own name.
	 * @param delegate the endpoint
	 */
	public CachePoliciesEndpointWebExtension(CachePoliciesEndpoint delegate) {
		this(delegate, () -> null);
	}

	/**
	 * Create an extension.
	 * @param delegate the endpoint
	 * @param paths the paths of endpoints, as far as they are known when a page is asked
	 * for
	 */
	public CachePoliciesEndpointWebExtension(CachePoliciesEndpoint delegate,
			Supplier<@Nullable PathMappedEndpoints> paths) {
		this.delegate = delegate;
		this.page = new CachesPage(paths);
	}

	/**
	 * Return a page that shows all caches to a person. Spring prefers it where a request
	 * prefers HTML, and the description in JSON where a request takes anything.
	 * @return the page
	 */
	@ReadOperation(produces = "text/html")
	String page() {
		return this.page.html();
	}

	/**
	 * Return a file of the page.
	 * @param directory where the files of the page are
	 * @param file the name of the file
	 * @return the file, or 404
	 */
	@ReadOperation(produces = { "text/css", "text/javascript", "image/svg+xml" })
	WebEndpointResponse<String> file(@Selector String directory, @Selector String file) {
		return (CachesPage.FILES.equals(directory)) ? this.page.file(file)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	/**
	 * Return a description of a cache.
	 * @param cache the name of the cache
	 * @return the cache, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<CacheDetailsDescriptor> cache(@Selector String cache) {
		return foundOrNot(this.delegate.cache(cache));
	}

	/**
	 * Flush a cache.
	 * @param cache the name of the cache
	 * @param timeout the longest to wait, at most a minute, {@code null} for ten seconds
	 * @return what became of the writes, or 404
	 */
	@WriteOperation
	public WebEndpointResponse<FlushDescriptor> flush(@Selector String cache, @Nullable Duration timeout) {
		return foundOrNot(this.delegate.flush(cache, timeout));
	}

	/**
	 * Write the value of a dead letter again.
	 * @param cache the name of the cache
	 * @param collection {@code deadletters}
	 * @param id the id of the dead letter
	 * @param caller asks for it
	 * @return 204, 404, or 503 if the write can't be accepted now
	 */
	@WriteOperation
	public WebEndpointResponse<Void> replay(@Selector String cache, @Selector String collection, @Selector long id,
			SecurityContext caller) {
		try {
			return doneOrNot(collection, () -> this.delegate.replay(cache, id));
		}
		catch (DataAccessException | TransactionException ex) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
	}

	/**
	 * Write the values of all dead letters again.
	 * @param cache the name of the cache
	 * @param collection {@code deadletters}
	 * @param caller asks for it
	 * @return how many were written, 404, or 503 if none can be accepted now
	 */
	@WriteOperation
	public WebEndpointResponse<ReplayDescriptor> replayAll(@Selector String cache, @Selector String collection,
			SecurityContext caller) {
		try {
			return foundOrNot((DEAD_LETTERS.equals(collection)) ? this.delegate.replayAll(cache) : null);
		}
		catch (DataAccessException | TransactionException ex) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
		}
	}

	/**
	 * Drop a dead letter.
	 * @param cache the name of the cache
	 * @param collection {@code deadletters}
	 * @param id the id of the dead letter
	 * @return 204 or 404
	 */
	@DeleteOperation
	public WebEndpointResponse<Void> discard(@Selector String cache, @Selector String collection, @Selector long id) {
		return doneOrNot(collection, () -> this.delegate.discard(cache, id));
	}

	private static <T> WebEndpointResponse<T> foundOrNot(@Nullable T body) {
		return new WebEndpointResponse<>(body,
				(body != null) ? WebEndpointResponse.STATUS_OK : WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static WebEndpointResponse<Void> doneOrNot(String collection, BooleanSupplier action) {
		boolean done = DEAD_LETTERS.equals(collection) && action.getAsBoolean();
		return new WebEndpointResponse<>(
				(done) ? WebEndpointResponse.STATUS_NO_CONTENT : WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
