package io.cachepolicy.sample;

import java.io.UnsupportedEncodingException;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import io.cachepolicy.PolicyCacheManager;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of the tests that ask the whole application over HTTP, and its tables by JDBC.
 */
@SpringBootTest
@AutoConfigureMockMvc
public abstract class AbstractSampleTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	protected JdbcClient jdbc;

	@Autowired
	protected PolicyCacheManager caches;

	protected MvcTestResult get(String uri) {
		return this.mvc.get().uri(uri).exchange();
	}

	protected MvcTestResult post(String uri) {
		return this.mvc.post().uri(uri).contentType(MediaType.APPLICATION_JSON).exchange();
	}

	protected MvcTestResult post(String uri, String json) {
		return send(HttpMethod.POST, uri, json);
	}

	protected MvcTestResult put(String uri, String json) {
		return send(HttpMethod.PUT, uri, json);
	}

	protected MvcTestResult delete(String uri) {
		return this.mvc.delete().uri(uri).exchange();
	}

	private MvcTestResult send(HttpMethod method, String uri, String json) {
		return this.mvc.method(method).uri(uri).contentType(MediaType.APPLICATION_JSON).content(json).exchange();
	}

	/**
	 * Return a value of a response that has to be a success.
	 */
	protected <T> T read(MvcTestResult result, String path) {
		assertThat(result).hasStatus2xxSuccessful();
		try {
			return JsonPath.read(result.getResponse().getContentAsString(), path);
		}
		catch (UnsupportedEncodingException ex) {
			throw new IllegalStateException(ex);
		}
	}

	protected Map<String, Object> row(String uri) {
		return read(get(uri + "/row"), "$");
	}

}
