package io.cachepolicy.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.MimeType;

/**
 * The page on which a person sees what the {@link CachePoliciesEndpoint} tells. Script
 * and style are files of their own below the endpoint, so that a content security policy
 * of the application that forbids inline ones leaves the page as it is.
 */
final class CachesPage {

	/**
	 * Where the files of the page are, below the endpoint.
	 */
	static final String FILES = "page";

	private static final EndpointId ID = EndpointId.of("cachepolicies");

	private static final Map<String, MimeType> TYPES = Map.of("page.css",
			new MimeType("text", "css", StandardCharsets.UTF_8), "page.js",
			new MimeType("text", "javascript", StandardCharsets.UTF_8), "page.svg", new MimeType("image", "svg+xml"));

	private final Supplier<@Nullable PathMappedEndpoints> paths;

	/**
	 * Create a page.
	 * @param paths tells under which path the {@link Endpoint @Endpoint} is exposed
	 */
	CachesPage(Supplier<@Nullable PathMappedEndpoints> paths) {
		this.paths = paths;
	}

	/**
	 * Return the page.
	 * @return the page, whose addresses are relative to the parent of the endpoint
	 */
	String html() {
		PathMappedEndpoints paths = this.paths.get();
		String root = (paths != null) ? paths.getRootPath(ID) : null;
		String endpoint = (root != null) ? root.substring(root.lastIndexOf('/') + 1) : ID.toString();
		return read("page.html").replace("{files}", endpoint + "/" + FILES).replace("{endpoint}", endpoint);
	}

	/**
	 * Return a file of the page.
	 * @param name the name of the file
	 * @return the file, or 404
	 */
	WebEndpointResponse<String> file(String name) {
		MimeType type = TYPES.get(name);
		return (type != null) ? new WebEndpointResponse<>(read(name), type)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

	private static String read(String name) {
		try {
			return new ClassPathResource(name, CachesPage.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
