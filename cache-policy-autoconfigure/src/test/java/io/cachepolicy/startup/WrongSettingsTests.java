package io.cachepolicy.startup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.cachepolicy.startup.WrongApplications.Application;
import io.cachepolicy.startup.WrongApplications.LimitedNames;
import io.cachepolicy.startup.WrongApplications.NoTransactionManager;
import io.cachepolicy.startup.WrongApplications.NotEnabled;
import io.cachepolicy.startup.WrongApplications.OtherManager;
import io.cachepolicy.startup.WrongApplications.OtherResolver;
import io.cachepolicy.startup.WrongApplications.TwoRepositories;
import io.cachepolicy.startup.WrongApplications.TwoTypes;
import io.cachepolicy.startup.WrongApplications.Underscore;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Every way to get settings and methods wrong, and what the failure report says of it:
 * what is wrong, where, and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrongSettingsTests {

	private static final Pattern REPORT = Pattern.compile("Description:\\R\\R(.*?)\\R\\RAction:\\R\\R(.*)",
			Pattern.DOTALL);

	/**
	 * Settings, below {@code cache-policy.caches.notes} if they begin with a dot, then
	 * parts of the description and of the action.
	 */
	private static final String TABLE = """
			.maximum-size=0                          | 'cache-policy.caches.notes.maximum-size' is 0.                                  | Set it to a value above 0.
			.write-back.durable=true                 | 'cache-policy.caches.notes.write-back.durable' is true, but nothing is there that keeps pending writes. | Add the dependency io.cachepolicy:cache-policy-journal
			.maximum-size=-1                         | 'cache-policy.caches.notes.maximum-size' is -1.                                 | Set it to a value above 0.
			.maximum-size=many                       | notes.maximum-size' to java.lang.Long                                           | Update your application's configuration
			.expire-after-write=0s                   | 'cache-policy.caches.notes.expire-after-write' is PT0S.                         | Set it to a value above 0.
			.expire-after-write=fiveminutes | 'fiveminutes' is not a valid duration                                             | Update your application's configuration
			.expire-after-access=-1s                 | 'cache-policy.caches.notes.expire-after-access' is PT-1S.                       | Set it to a value above 0.
			.refresh-after-write=0s                  | 'cache-policy.caches.notes.refresh-after-write' is PT0S.                        | Set it to a value above 0.
			.policy=write-behind                     | notes.policy' to io.cachepolicy.WritePolicy                                     | WRITE_BACK
			.isolation=deep                          | notes.isolation' to io.cachepolicy.settings.Isolation                           | COPY
			.cache-absent=maybe                      | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.clustered=maybe                         | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.track-changes=maybe                     | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.detached-reads=maybe                    | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.write-back.flush-before-queries=maybe   | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.write-back.flush-before-queries=true    | 'cache-policy.caches.notes.write-back.flush-before-queries' is true, but values | Remove the property.
			.entity=com.acme.Missing                 | java.lang.ClassNotFoundException: com.acme.Missing                              | Update your application's configuration
			.spec=maximumSize=ten                    | 'cache-policy.caches.notes.spec' is not a valid CaffeineSpec                    | as in "maximumSize=10000,expireAfterWrite=5m"
			.spec=maximumSize=5 .maximum-size=5      | 'cache-policy.caches.notes.spec' is set together with separate properties       | Keep either 'spec' or the separate properties.
			.spec=weakKeys                           | 'cache-policy.caches.notes.spec' asks for weakKeys                              | set 'maximumSize' to limit the memory
			.spec=maximumSize=5,maximumWeight=5      | 'cache-policy.caches.notes.spec' is not a valid CaffeineSpec                    | Correct it
			.spec=maximumWeight=5                    | settings of cache 'notes' are invalid                                           | Correct 'cache-policy.caches.notes' ('spec', 'maximum-size'
			.invalidates=pagse                       | 'cache-policy.caches.notes.invalidates' names the cache 'pagse', which does not | declare the cache under 'cache-policy.caches.pagse'.
			.invalidates=notes                       | 'cache-policy.caches.notes.invalidates' makes the cache 'notes' invalidate      | Remove it from 'invalidates'.
			.store=missing                           | 'cache-policy.caches.notes.store' names the bean 'missing', which does not      | define a CacheStore bean with it.
			.store=somethingElse                     | leads to the bean 'somethingElse', which is not a CacheStore.                   | Set 'cache-policy.caches.notes.store' to the name of a bean
			.store=notes .entity=java.lang.String    | Cache 'notes' has two stores: the CacheStore 'notes' and that of                | Remove 'cache-policy.caches.notes.entity', or remove
			.repository=noteRepository               | Cache 'notes' has two stores: the CacheStore 'notes' and that of                | or give the CacheStore bean another name.
			.store=notes .isolation=copy             | 'cache-policy.caches.notes.isolation' is copy, but values of a CacheStore       | instead of 'cache-policy.caches.notes.store', or remove
			.write-back.flush-interval=0s            | 'cache-policy.caches.notes.write-back.flush-interval' is PT0S.                  | Set it to a value above 0.
			.write-back.flush-threshold=0            | 'cache-policy.caches.notes.write-back.flush-threshold' is 0.                    | Set it to a value above 0.
			.write-back.flush-threshold=100001       | 'cache-policy.caches.notes.write-back.flush-threshold' is 100001.               | at most 'write-back.max-pending', which is 100000.
			.write-back.batch-size=0                 | 'cache-policy.caches.notes.write-back.batch-size' is 0.                         | Set it to a value above 0.
			.write-back.batch-size=9 .write-back.max-pending=8 | notes.write-back.batch-size' is 9.                                    | at most 'write-back.max-pending', which is 8.
			.write-back.coalesce=maybe               | Invalid boolean value 'maybe'                                                   | Update your application's configuration
			.write-back.max-pending=-1               | 'cache-policy.caches.notes.write-back.max-pending' is -1.                       | Set it to a value above 0.
			.write-back.max-dead-letters=0           | 'cache-policy.caches.notes.write-back.max-dead-letters' is 0.                   | Set it to a value above 0.
			.write-back.overflow=drop                | notes.write-back.overflow' to io.cachepolicy.settings.Overflow                  | REJECT
			.write-back.overflow-timeout=0s          | 'cache-policy.caches.notes.write-back.overflow-timeout' is PT0S.                | Set it to a value above 0.
			.write-back.flush-threads=0              | 'cache-policy.caches.notes.write-back.flush-threads' is 0.                      | Set it to a value above 0.
			.write-back.max-writes-per-second=-1     | 'cache-policy.caches.notes.write-back.max-writes-per-second' is -1.             | Set it to a value of at least 0.
			.write-back.burst=-1                     | 'cache-policy.caches.notes.write-back.burst' is -1.                             | Set it to a value of at least 0.
			.write-back.burst=5                      | 'cache-policy.caches.notes.write-back.burst' is 5.                              | unless 'write-back.max-writes-per-second' is set
			.write-back.store-mode=bulk              | 'cache-policy.caches.notes.write-back.store-mode' is bulk, but values           | Remove the property.
			.write-back.on-conflict=cache-wins       | 'cache-policy.caches.notes.write-back.on-conflict' is cache-wins, but           | Let the CacheStore overwrite what others wrote
			.write-back.retry.max-attempts=0         | 'cache-policy.caches.notes.write-back.retry.max-attempts' is 0.                 | Set it to a value above 0.
			.write-back.retry.initial-interval=-1s   | 'cache-policy.caches.notes.write-back.retry.initial-interval' is PT-1S.         | Set it to a value above 0.
			.write-back.retry.multiplier=0.5         | 'cache-policy.caches.notes.write-back.retry.multiplier' is 0.5.                 | Set it to a value of at least 1.
			.write-back.retry.max-interval=50ms      | 'cache-policy.caches.notes.write-back.retry.max-interval' is PT0.05S.           | not below 'retry.initial-interval', which is PT0.1S.
			.write-back.retry.jitter=1.1             | 'cache-policy.caches.notes.write-back.retry.jitter' is 1.1.                     | Set it to a value from 0 to 1.
			cache-policy.defaults.write-back.batch-size=0      | 'cache-policy.defaults.write-back.batch-size' is 0.                   | Set it to a value above 0.
			cache-policy.defaults.write-back.flush-before-queries=true cache-policy.defaults.track-changes=false | 'cache-policy.defaults.write-back.flush-before-queries' is true, but 'cache-policy.defaults.track-changes' is false | Set 'cache-policy.defaults.track-changes' to true, or
			cache-policy.defaults.spec=maximumSize=ten         | 'cache-policy.defaults.spec' is not a valid CaffeineSpec              | Correct it
			spring.cache.caffeine.spec=maximumSize=ten         | 'spring.cache.caffeine.spec' is not a valid CaffeineSpec              | Correct it
			cache-policy.caches[my.notes].maximum-size=0       | 'cache-policy.caches[my.notes].maximum-size' is 0.                    | Set it to a value above 0.
			cache-policy.caches[my.notes].store=missing        | 'cache-policy.caches[my.notes].store' names the bean 'missing'        | Correct the name
			cache-policy.caches[my.notes].spec=maximumWeight=5 | settings of cache 'my.notes' are invalid                              | Correct 'cache-policy.caches[my.notes]' ('spec'
			cache-policy.shutdown-timeout=-5s                  | 'cache-policy.shutdown-timeout' is PT-5S.                             | Set it to a value of at least 0.
			cache-policy.shutdown-timeout=soon                 | 'soon' is not a valid duration                                        | Update your application's configuration
			cache-policy.enabled=maybe                         | Invalid boolean value 'maybe'                                         | Update your application's configuration
			cache-policy.caches.pages.policy=write-through     | 'cache-policy.caches.pages.policy' is set, but the cache has no store | 'cache-policy.caches.pages.entity', 'cache-policy.caches.pages.repository' or
			cache-policy.caches.pages.refresh-after-write=1m   | 'cache-policy.caches.pages.refresh-after-write' is set, but the cache | or remove the property.
			cache-policy.caches.pages.write-back.batch-size=5  | 'cache-policy.caches.pages.write-back.batch-size' is set, but the     | or remove the property.
			spring.cache.type=simple                           | but 'spring.cache.type' is SIMPLE                                     | Remove 'spring.cache.type', or set it to caffeine.
			.write-back.flush-intervall=1s           | 'cache-policy.caches.notes.write-back.flush-intervall' does not exist           | Write 'flush-interval' instead of 'flush-intervall'.
			.write-back.retry.jiter=1                | 'cache-policy.caches.notes.write-back.retry.jiter' does not exist               | Write 'jitter' instead of 'jiter'.
			.maxsize=1                               | 'cache-policy.caches.notes.maxsize' does not exist                              | 'maximum-size' or
			cache-policy.defauls.policy=write-back   | Property 'cache-policy.defauls.policy' does not exist ("cache-policy.defauls.policy" from property source "commandLineArgs"). | Write 'defaults' instead of 'defauls'.
			cache-policy.journal.directory=/tmp/journal        | 'cache-policy.journal.directory' belongs to a module that is not on  | Add the dependency 'io.cachepolicy:cache-policy-journal', or remove 'cache-policy.journal.directory'.
			cache-policy.cluster.enabled=true                  | 'cache-policy.cluster.enabled' belongs to a module that is not on the | Add the dependency 'io.cachepolicy:cache-policy-hazelcast', or remove
			cache-policy.journl.directory=/tmp/journal         | 'cache-policy.journl.directory' does not exist                        | Write 'journal' instead of 'journl'.
			cache-policy.caches.my.cache.policy=write-back     | 'cache-policy.caches.my.cache.policy' does not exist                  | put the name in brackets: 'cache-policy.caches[my.cache]'.
			""";

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = TABLE)
	@DisplayName("S3: a wrong setting fails the start")
	void startWhenSettingIsWrongFails(String settings, String description, String action, CapturedOutput output) {
		assertFails(output, List.of(Application.class), settings, description, action);
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					NoName                  | names no cache.                                                             | Set 'cache' on the method, or on its type for all methods.
					TwoOperations           | has more than one 'operation'.                                              | Keep one of them.
					TwoPolicies             | has more than one 'policy'.                                                 | Keep one of them.
					TwoAnnotations          | has more than one @PolicyCached annotation.                                 | Keep one of them, or move one
					PrivateMethod           | is private, so that no proxy can intercept it.                              | Remove 'static', 'private' or 'final'
					FinalMethod             | is final, so that no proxy can intercept it.                                | Remove 'static', 'private' or 'final'
					StaticMethod            | is static, so that no proxy can intercept it.                               | Remove 'static', 'private' or 'final'
					VoidRead                | is a READ method that returns nothing.                                      | Return the value that is to be cached.
					VoidWrite               | is a WRITE method that neither takes nor returns anything.                  | Return the value that is to be written
					VoidFuture              | is a WRITE method that neither takes nor returns anything.                  | Return the value that is to be written
					ManyValues              | writes many values to cache 'notes' at once.                                | Return one value, or call PolicyCache.putAll.
					TwoParameters           | has 2 parameters and no 'key', so that the id in cache 'notes' is unknown.  | as in key = "#id".
					NoParameter             | has 0 parameters and no 'key', so that the id in cache 'notes' is unknown.  | as in key = "#id".
					NoKeyOfValue            | has no 'key', and the cache 'keyless' has no store                          | 'cache-policy.caches.keyless.entity'
					MalformedKey            | has a malformed 'key': Expression [#id +]                                   | Correct the SpEL expression '#id +'.
					UnknownParameter        | has the 'key' #ident, but no parameter 'ident'.                             | Use a parameter of the method: #id, #language.
					PropertyOfUnknownParameter | has the 'key' #other.length(), but no parameter 'other'.                 | Use a parameter of the method: #note.
					MalformedCondition      | has a malformed 'condition': Expression [#id >]                             | Correct the SpEL expression '#id >'.
					MalformedUnless         | has a malformed 'unless': Expression [(#result]                             | Correct the SpEL expression '(#result'.
					MalformedEviction       | has a malformed 'evicts': Expression [#result.]                             | Correct the SpEL expression '#result.'.
					EvictionWithoutKey      | has a malformed 'evicts': 'pages::' is neither                              | "pages::#result.id" to evict one key.
					EvictionWithoutName     | has a malformed 'evicts': '::#id' is neither                                | Write "pages" to clear a cache
					ResultInKeyOfRead       | whose 'key' uses #result, which a read does not have yet.                   | Use the method's parameters
					ResultInConditionOfRead | whose 'condition' uses #result, which a read does not have yet.             | or 'unless' to keep a result
					UnlessOnRemove          | is a REMOVE method with 'unless', which only vetoes reads and writes.       | Use 'condition' instead.
					""")
	@DisplayName("S3: a method that can't work fails the start")
	void startWhenMethodIsWrongFails(String type, String description, String action, CapturedOutput output)
			throws ClassNotFoundException {
		Class<?> bean = Class.forName(WrongApplications.class.getName() + "$" + type);
		String report = assertFails(output, List.of(Application.class, bean), "", description, action);
		assertThat(report).contains("@PolicyCached method " + bean.getName() + ".");
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource
	@DisplayName("S3: an application that can't work fails to start")
	void startWhenApplicationIsWrongFails(Class<?> application, String settings, String description, String action,
			CapturedOutput output) {
		assertFails(output, List.of(application), settings, description, action);
	}

	static Stream<Arguments> startWhenApplicationIsWrongFails() {
		String parcel = Parcel.class.getName();
		return Stream.of(
				Arguments.of(NotEnabled.class, "", "Notes.find, ", "Add @EnableCaching to a configuration class."),
				Arguments.of(NotEnabled.class, "", "but caching is not enabled, so that", "Add @EnableCaching"),
				Arguments.of(OtherManager.class, "", "but the cache manager 'myManager' has no write policies",
						"Remove the bean 'myManager'"),
				Arguments.of(OtherResolver.class, "", "but there is a bean 'cacheResolver'",
						"Remove the bean 'cacheResolver', or give it another name."),
				Arguments.of(LimitedNames.class, "spring.cache.cache-names=others",
						"names the cache 'pages', which is not among the names that are allowed",
						"add it to 'spring.cache.cache-names'."),
				Arguments.of(LimitedNames.class, "spring.cache.cache-names=pages",
						"Pages.find names the cache 'covers'", "Declare it under 'cache-policy.caches'"),
				Arguments.of(Underscore.class, "cache-policy.caches.mynotes.maximum-size=5",
						"uses the cache 'my_notes', but there are only settings for 'mynotes'",
						"to keep all its characters: cache-policy.caches[my_notes]"),
				Arguments.of(TwoTypes.class, "", "Cache 'parcels' holds " + parcel,
						"Use a cache of its own for each type of value."),
				Arguments.of(TwoRepositories.class, "",
						"Cache 'parcels' can't choose between the repositories of " + parcel,
						"Set 'cache-policy.caches.parcels.repository' to one of them."),
				Arguments.of(ParcelApplication.class, "cache-policy.caches.parcels.repository=missing",
						"'cache-policy.caches.parcels.repository' names the bean 'missing', which does not exist.",
						"define a repository bean with it."),
				Arguments.of(ParcelApplication.class, "cache-policy.caches.parcels.repository=parcels",
						"leads to the bean 'parcels', which is not a Spring Data repository.",
						"Set 'cache-policy.caches.parcels.repository'"),
				Arguments.of(ParcelApplication.class, "cache-policy.caches.others.entity=java.lang.String",
						"'cache-policy.caches.others.entity' is java.lang.String, which is not an entity",
						"Name a JPA entity, or set 'cache-policy.caches.others.store'"),
				Arguments.of(ParcelApplication.class,
						"cache-policy.caches.parcels.repository=parcelRepository "
								+ "cache-policy.caches.parcels.entity=java.lang.String",
						"but the repository 'parcelRepository' of 'cache-policy.caches.parcels.repository' is one of "
								+ parcel + ".",
						"Remove 'cache-policy.caches.parcels.entity', or name a repository of that entity."),
				Arguments.of(ParcelApplication.class,
						"cache-policy.caches.parcels.write-back.flush-before-queries=true "
								+ "cache-policy.defaults.track-changes=false",
						"'cache-policy.caches.parcels.write-back.flush-before-queries' is true, but "
								+ "'cache-policy.defaults.track-changes' is false, so that no query is noticed.",
						"Set 'cache-policy.caches.parcels.track-changes' to true, or"),
				Arguments.of(ParcelApplication.class,
						"cache-policy.defaults.write-back.flush-before-queries=true "
								+ "cache-policy.caches.parcels.track-changes=false",
						"'cache-policy.defaults.write-back.flush-before-queries' is true, but "
								+ "'cache-policy.caches.parcels.track-changes' is false, so that no query is noticed.",
						"or 'cache-policy.caches.parcels.write-back.flush-before-queries' to false."),
				Arguments.of(NoTransactionManager.class, "", "There is no transaction manager for the entity " + parcel,
						"Define a JpaTransactionManager for its EntityManagerFactory"));
	}

	@Test
	@DisplayName("S3: there is a wrong value of every property")
	void everySettingIsWrongOnce() throws IOException {
		assertThat(settings()).hasSizeGreaterThan(25)
			.allSatisfy((setting) -> assertThat(TABLE)
				.containsPattern("(?m)^(\\S+ )?\\S*\\b" + Pattern.quote(setting) + "="));
	}

	private static Set<String> settings() throws IOException {
		String metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json")
			.getContentAsString(StandardCharsets.UTF_8);
		Set<String> settings = new TreeSet<>();
		for (Matcher matcher = Pattern
			.compile("\"name\": \"cache-policy\\.(?:defaults\\.)?([\\w.-]+)\",\\s+\"type\": \"(?!io)")
			.matcher(metadata); matcher.find();) {
			settings.add(matcher.group(1));
		}
		settings.remove("caches");
		return settings;
	}

	private static String assertFails(CapturedOutput output, List<Class<?>> sources, String settings,
			String description, String action) {
		assertThatException().isThrownBy(() -> start(sources, settings).close());
		Matcher report = REPORT.matcher(output.getOut());
		assertThat(report.find()).as(output::getOut).isTrue();
		assertThat(report.group(1)).contains(description).doesNotContain("..");
		assertThat(report.group(2)).contains(action).doesNotContain("..");
		return report.group(1);
	}

	private static ConfigurableApplicationContext start(List<Class<?>> sources, String settings) {
		String[] arguments = Arrays.stream(StringUtils.tokenizeToStringArray(settings, " "))
			.map((setting) -> setting.startsWith(".") ? "cache-policy.caches.notes" + setting : setting)
			.map((setting) -> "--" + setting)
			.toArray(String[]::new);
		return new SpringApplicationBuilder(sources.toArray(Class<?>[]::new)).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "logging.level.root=error",
					"spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create-drop")
			.run(arguments);
	}

}
