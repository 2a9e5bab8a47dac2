package io.cachepolicy.interceptor;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.cachepolicy.PolicyCached;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Annotated methods of beans that are proxies of interfaces themselves, such as HTTP
 * clients.
 */
class ProxiedBeanTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
			TestConfiguration.class);

	private final RecordingCache cache = this.context.getBean(RecordingCacheManager.class).getCache("rates");

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	@DisplayName("a proxy of the JDK")
	void proxyOfJdk() {
		assertCached(this.context.getBean("jdkClient", Client.class));
	}

	@Test
	@DisplayName("a proxy of Spring, which has no target")
	void proxyOfSpring() {
		Client client = this.context.getBean("springClient", Client.class);
		assertThat(AopUtils.isJdkDynamicProxy(client)).isTrue();
		assertCached(client);
	}

	private void assertCached(Client client) {
		List<String> calls = this.context.getBean(TestConfiguration.class).calls;
		assertThat(client.find("EUR")).isEqualTo("1");
		assertThat(client.find("EUR")).isEqualTo("1");
		assertThat(calls).containsExactly("find");
		client.write("USD");
		client.remove("EUR");
		assertThat(calls).containsExactly("find", "write", "remove");
		assertThat(this.cache.calls()).containsExactly("read EUR", "read EUR", "write USD = 1 by null",
				"remove EUR by null");
	}

	/**
	 * A base of clients.
	 *
	 * @param <T> the type of the values
	 */
	interface Base<T> {

		@PolicyCached
		T find(String currency);

		@PolicyCached(operation = WRITE, key = "#p0")
		T write(T value);

	}

	@PolicyCached("rates")
	interface Client extends Base<String> {

		@PolicyCached(operation = REMOVE)
		void remove(String currency);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	@Import(PolicyCachedConfiguration.class)
	static class TestConfiguration {

		final List<String> calls = new CopyOnWriteArrayList<>();

		@Bean
		RecordingCacheManager cacheManager() {
			return new RecordingCacheManager();
		}

		@Bean
		Client jdkClient() {
			InvocationHandler handler = (proxy, method, arguments) -> {
				if (method.getDeclaringClass() == Object.class) {
					return (method.getName().equals("hashCode")) ? (Object) 1 : "client";
				}
				return answer(method.getName());
			};
			return (Client) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Client.class },
					handler);
		}

		@Bean
		Client springClient() {
			ProxyFactory factory = new ProxyFactory(Client.class, (org.aopalliance.intercept.MethodInterceptor) (
					invocation) -> answer(invocation.getMethod().getName()));
			return (Client) factory.getProxy(getClass().getClassLoader());
		}

		private String answer(String method) {
			this.calls.add(method);
			return "1";
		}

	}

}
