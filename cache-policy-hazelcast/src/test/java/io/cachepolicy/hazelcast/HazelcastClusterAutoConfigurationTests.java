package io.cachepolicy.hazelcast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HazelcastClusterAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class HazelcastClusterAutoConfigurationTests {

	private static final int PORT = freePort();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(HazelcastClusterAutoConfiguration.class, CachePolicyAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withPropertyValues("cache-policy.cluster.name=tests-" + PORT);

	private final ApplicationContextRunner clustered = this.runner.withPropertyValues(
			"cache-policy.cluster.enabled=true", "cache-policy.cluster.port=" + PORT,
			"cache-policy.cluster.address=127.0.0.1",
			"cache-policy.cluster.members=127.0.0.1:%d,127.0.0.1:%d".formatted(PORT, PORT + 1));

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void nothingIsStartedUnlessEnabled() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChangeChannel.class));
		this.clustered.withPropertyValues("cache-policy.cluster.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChangeChannel.class));
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(HazelcastClusterAutoConfiguration.class, CachePolicyAutoConfiguration.class))
			.withUserConfiguration(CachingConfiguration.class)
			.withClassLoader(new FilteredClassLoader(HazelcastInstance.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ChangeChannel.class));
	}

	@Test
	void channelOfTheApplicationIsUsed() {
		this.clustered.withBean("own", ChangeChannel.class, () -> ChangeChannel.NONE)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ChangeChannel.class));
	}

	@Test
	@DisplayName("C1, C3: two applications tell each other of changes, and say goodbye")
	void applicationsTellEachOther(CapturedOutput output) {
		this.clustered.run((first) -> {
			assertThat(first).hasNotFailed().doesNotHaveBean(HazelcastInstance.class);
			assertThat(status(first).state()).isEqualTo(ChannelStatus.State.CONNECTED);
			PolicyCache pages = pages(first);
			this.clustered.run((second) -> {
				assertThat(second).hasNotFailed();
				await().until(() -> status(first).members().size() == 1 && status(second).members().size() == 1);
				pages.put("page", "old");
				await().until(() -> status(second).counts().received() >= 1);
				pages(second).put("page", "new");
				await().until(() -> pages.get("page") == null);
				assertThat(pages(second).get("page", String.class)).isEqualTo("new");
			});
			await().until(() -> status(first).members().isEmpty());
			assertThat(status(first).state()).isEqualTo(ChannelStatus.State.CONNECTED);
		});
		assertThat(output).contains("Connected to 1 other instances", "says goodbye")
			.doesNotContain("WARN io.cachepolicy");
	}

	@Test
	@DisplayName("a client of a cluster of others is used, and topics keep applications apart")
	void clientOfTheApplicationIsUsed() {
		Config config = new Config().setClusterName("others-" + PORT)
			.setProperty("hazelcast.phone.home.enabled", "false");
		config.getNetworkConfig().setPort(PORT + 10).getJoin().getAutoDetectionConfig().setEnabled(false);
		config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
		HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
		try {
			ApplicationContextRunner clients = this.runner.withPropertyValues("cache-policy.cluster.enabled=true",
					"cache-policy.cluster.heartbeat=100ms");
			clients.withBean(HazelcastInstance.class, HazelcastClusterAutoConfigurationTests::client)
				.run((first) -> clients.withPropertyValues("cache-policy.cluster.topic=another")
					.withBean(HazelcastInstance.class, HazelcastClusterAutoConfigurationTests::client)
					.run((apart) -> clients
						.withBean(HazelcastInstance.class, HazelcastClusterAutoConfigurationTests::client)
						.run((second) -> {
							assertThat(second).hasNotFailed();
							await().until(() -> status(first).members().size() == 1);
							pages(first).put("page", "old");
							await().until(() -> status(second).counts().received() == 1);
							assertThat(status(apart).members()).isEmpty();
						})));
		}
		finally {
			member.shutdown();
		}
	}

	private static HazelcastInstance client() {
		ClientConfig config = new ClientConfig().setClusterName("others-" + PORT);
		config.getNetworkConfig().addAddress("127.0.0.1:" + (PORT + 10));
		return HazelcastClient.newHazelcastClient(config);
	}

	private static PolicyCache pages(AssertableApplicationContext context) {
		PolicyCache pages = context.getBean(PolicyCacheManager.class).getCache("pages");
		assertThat(pages).isNotNull();
		return pages;
	}

	private static ChannelStatus status(AssertableApplicationContext context) {
		ChannelStatus status = context.getBean(ChangeChannel.class).status();
		assertThat(status).isNotNull();
		return status;
	}

	@Test
	@DisplayName("S3: start without members fails")
	void startWithoutMembersFails() {
		this.runner.withPropertyValues("cache-policy.cluster.enabled=true")
			.run(failing("nothing says where other instances are", "'cache-policy.cluster.members'",
					"'cache-policy.cluster.kubernetes.service-dns'", "HazelcastInstance"));
	}

	@Test
	@DisplayName("S3: start with members and Kubernetes fails")
	void startWithMembersAndKubernetesFails() {
		this.clustered.withPropertyValues("cache-policy.cluster.kubernetes.service-dns=shop")
			.run(failing("Both 'cache-policy.cluster.members' and 'cache-policy.cluster.kubernetes'", "Remove one"));
	}

	@Test
	@DisplayName("S3: start with times that do not fit together fails")
	void startWithTimesThatDoNotFitFails() {
		this.clustered.withPropertyValues("cache-policy.cluster.heartbeat=4s")
			.run(failing("'cache-policy.cluster.max-staleness' is PT10S, which is less than three times", "Raise"));
		this.clustered.withPropertyValues("cache-policy.cluster.heartbeat=0")
			.run(failing("'cache-policy.cluster.heartbeat' is PT0S", "more than 0"));
		this.clustered.withPropertyValues("cache-policy.cluster.forget-after=1s")
			.run(failing("'cache-policy.cluster.forget-after' is PT1S", "interruption"));
	}

	@Test
	@DisplayName("S3: start with a configuration that can't be read fails")
	void startWithUnreadableConfigurationFails() {
		this.runner
			.withPropertyValues("cache-policy.cluster.enabled=true",
					"cache-policy.cluster.config=classpath:missing.yaml")
			.run(failing("'cache-policy.cluster.config' names class path resource [missing.yaml]", "classpath:"));
	}

	@Test
	@DisplayName("S3: start with a configuration that leaves it to Hazelcast where to look for others fails")
	void startWithConfigurationWithoutJoinFails(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("hazelcast.yaml"), "hazelcast:\n  cluster-name: shop\n");
		this.runner
			.withPropertyValues("cache-policy.cluster.enabled=true", "cache-policy.cluster.config=" + file.toUri())
			.run(failing("which does not say where other instances are", "'hazelcast.network.join'"));
	}

	@Test
	@DisplayName("S3: start with several instances of Hazelcast fails")
	void startWithSeveralInstancesFails() {
		this.clustered.withBean("one", HazelcastInstance.class, () -> Mockito.mock())
			.withBean("two", HazelcastInstance.class, () -> Mockito.mock())
			.run(failing("several HazelcastInstance beans, and none is primary: [one, two]", "@Primary"));
	}

	@Test
	@DisplayName("S3: start beside an instance whose settings can't work with ours fails")
	void startWithDifferentSettingsFails() {
		this.clustered.run((first) -> {
			assertThat(first).hasNotFailed();
			this.clustered
				.withPropertyValues("cache-policy.cluster.heartbeat=5s", "cache-policy.cluster.max-staleness=1m")
				.run(failing("gives a sign every PT2S and clears after PT10S, this one every PT5S and after PT1M",
						"three times 'cache-policy.cluster.heartbeat'"));
		});
	}

	@Test
	@DisplayName("S3: an unknown property of the cluster fails the start")
	void unknownPropertyFails() {
		this.runner.withPropertyValues("cache-policy.cluster.heartbeats=2s")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	@DisplayName("C3: what writes is destroyed before the goodbye, so that others are told of all that it wrote")
	void whatWritesIsDestroyedBeforeTheGoodbye() {
		this.clustered.withBean("entityManagerFactory", EntityManagerFactory.class, () -> Mockito.mock())
			.run((context) -> assertThat(context.getSourceApplicationContext()
				.getBeanFactory()
				.getDependentBeans("policyCacheClusterLifecycle")).contains("entityManagerFactory", "cacheManager"));
	}

	@Test
	@DisplayName("S4: to stop and start the context keeps the channel")
	void stopAndStartKeepsTheChannel() {
		this.clustered.run((context) -> {
			context.stop();
			context.start();
			assertThat(status(context).state()).isEqualTo(ChannelStatus.State.CONNECTED);
			assertThat(status(context).lag()).isEqualTo(Duration.ZERO);
		});
	}

	private static ContextConsumer<AssertableApplicationContext> failing(String description, String... actions) {
		return (context) -> {
			assertThat(context).hasFailed();
			Throwable failure = context.getStartupFailure();
			while (failure != null && !(failure instanceof InvalidPolicyCacheException)) {
				failure = failure.getCause();
			}
			assertThat(failure).isNotNull().hasMessageContaining(description);
			assertThat(((InvalidPolicyCacheException) failure).getAction()).contains(actions);
		};
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
