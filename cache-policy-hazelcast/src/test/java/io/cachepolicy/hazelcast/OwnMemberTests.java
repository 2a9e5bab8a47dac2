package io.cachepolicy.hazelcast;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OwnMember}, with the examples of the documentation.
 */
class OwnMemberTests {

	private static final Path PAGE = Path.of("../docs/cluster.md");

	/**
	 * Read the examples of properties in the documentation.
	 * @return what they set, without those that set nothing of the cluster
	 */
	private static List<ClusterProperties> documented() throws IOException {
		return Pattern.compile("```yaml\n(cache-policy:.*?)```", Pattern.DOTALL)
			.matcher(Files.readString(PAGE))
			.results()
			.map((example) -> bind(example.group(1)))
			.toList();
	}

	private static ClusterProperties bind(String yaml) {
		StandardEnvironment environment = new StandardEnvironment();
		try {
			for (PropertySource<?> source : new YamlPropertySourceLoader().load("example",
					new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))) {
				environment.getPropertySources().addFirst(source);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return Binder.get(environment).bind("cache-policy.cluster", ClusterProperties.class).get();
	}

	private static void assertQuiet(Config config) {
		JoinConfig join = config.getNetworkConfig().getJoin();
		assertThat(join.getMulticastConfig().isEnabled()).isFalse();
		assertThat(join.isAutoDetectionEnabled()).isFalse();
		assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
		assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
	}

	@Test
	@DisplayName("each documented way to find others is the only one, without multicast and phone-home")
	void documentedExamplesWork() throws IOException {
		List<JoinConfig> joins = documented().stream().map((properties) -> {
			assertThat(properties.isEnabled()).isTrue();
			Config config = new OwnMember(properties).toConfig();
			assertQuiet(config);
			return config.getNetworkConfig().getJoin();
		}).sorted(Comparator.comparing((JoinConfig join) -> join.getKubernetesConfig().isEnabled())).toList();
		assertThat(joins).hasSize(2);
		assertThat(joins.get(0).getTcpIpConfig().isEnabled()).isTrue();
		assertThat(joins.get(0).getTcpIpConfig().getMembers()).containsExactly("shop-1.internal:5701",
				"shop-2.internal:5701");
		assertThat(joins.get(1).getTcpIpConfig().isEnabled()).isFalse();
		assertThat(joins.get(1).getKubernetesConfig().getProperties())
			.isEqualTo(Map.of("service-dns", "shop-instances.default.svc.cluster.local"));
	}

	@Test
	void kubernetesCanBeAskedByItsApi() {
		ClusterProperties properties = new ClusterProperties();
		properties.getKubernetes().setServiceName("shop");
		properties.getKubernetes().setNamespace("prod");
		Config config = new OwnMember(properties).toConfig();
		assertQuiet(config);
		assertThat(config.getNetworkConfig().getJoin().getKubernetesConfig().getProperties())
			.isEqualTo(Map.of("service-name", "shop", "namespace", "prod"));
	}

	@Test
	@DisplayName("a file configures the member, and keeps it quiet unless it says otherwise")
	void fileIsUsed() {
		ClusterProperties properties = new ClusterProperties();
		properties.setConfig(new ByteArrayResource("""
				hazelcast:
				  cluster-name: from-file
				  network:
				    join:
				      tcp-ip:
				        enabled: true
				        member-list: [shop-1.internal]
				  properties:
				    hazelcast.logging.type: jdk
				""".getBytes(StandardCharsets.UTF_8)));
		Config config = new OwnMember(properties).toConfig();
		assertQuiet(config);
		assertThat(config.getClusterName()).isEqualTo("from-file");
		assertThat(config.getProperty("hazelcast.logging.type")).isEqualTo("jdk");
	}

}
