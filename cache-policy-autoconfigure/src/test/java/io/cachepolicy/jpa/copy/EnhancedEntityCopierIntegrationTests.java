package io.cachepolicy.jpa.copy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;
import java.util.stream.Stream;

import jakarta.persistence.EntityManager;
import org.hibernate.Hibernate;
import org.hibernate.LazyInitializationException;
import org.hibernate.SessionFactory;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedClass;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.BytecodeProviderInitiator;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EntityCopier} with entities whose bytecode is enhanced (J1, J2).
 */
class EnhancedEntityCopierIntegrationTests {

	private static SessionFactory sessionFactory;

	private static Class<?> type;

	private final EntityCopier copier = new EntityCopier(() -> Stream.of(sessionFactory));

	@BeforeAll
	static void start() throws ClassNotFoundException {
		EnhancingClassLoader classLoader = new EnhancingClassLoader();
		type = classLoader.loadClass(Article.class.getName());
		sessionFactory = new Configuration(new BootstrapServiceRegistryBuilder().applyClassLoader(classLoader).build())
			.addAnnotatedClass(type)
			.setProperty("hibernate.connection.url", "jdbc:h2:mem:enhanced")
			.setProperty("hibernate.hbm2ddl.auto", "create")
			.buildSessionFactory();
	}

	@AfterAll
	static void stop() {
		sessionFactory.close();
	}

	@BeforeEach
	void createArticles() {
		inTransaction((entityManager) -> {
			entityManager.createQuery("delete from " + type.getName() + " where parent is not null").executeUpdate();
			entityManager.createQuery("delete from " + type.getName()).executeUpdate();
			Text parent = newText(1, null);
			entityManager.persist(parent);
			entityManager.persist(newText(2, parent));
			return parent;
		});
	}

	private static Text newText(long id, Text parent) {
		Text text = (Text) BeanUtils.instantiateClass(type);
		text.fill(id, "title", "content", parent);
		return text;
	}

	private static <T> T inTransaction(Function<EntityManager, T> work) {
		return sessionFactory.fromTransaction(work::apply);
	}

	private Text find() {
		return inTransaction((entityManager) -> (Text) this.copier.copy(entityManager.find(type, 2L)));
	}

	@Test
	void copyLeavesAttributeUnfetchedWhenOriginalDoes() {
		Text copy = (Text) this.copier.copy(find());
		assertThat(copy.getTitle()).isEqualTo("title");
		assertThat(Hibernate.isPropertyInitialized(copy, "content")).isFalse();
		assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(copy::getContent);
	}

	@Test
	void copyIncludesLazyAttributeWhenItIsFetched() {
		Text copy = inTransaction((entityManager) -> {
			Text text = (Text) entityManager.find(type, 2L);
			text.getContent();
			return (Text) this.copier.copy(text);
		});
		assertThat(copy.getContent()).isEqualTo("content");
	}

	@Test
	void copyKeepsAssociationUninitializedWhenItIsEnhancedProxy() {
		Text copy = (Text) this.copier.copy(find());
		assertThat(Hibernate.isInitialized(copy.getParent())).isFalse();
		assertThat(copy.getParent().getId()).isEqualTo(1);
		assertThatExceptionOfType(LazyInitializationException.class).isThrownBy(() -> copy.getParent().getTitle());
	}

	@Test
	void mergeStoresChangeAndLeavesTheRestWhenCopyIsChanged() {
		Text copy = (Text) this.copier.copy(find());
		copy.setTitle("changed");
		Text again = (Text) this.copier.copy(copy);
		inTransaction((entityManager) -> entityManager.merge(again));
		inTransaction((entityManager) -> {
			Text stored = (Text) entityManager.find(type, 2L);
			assertThat(stored.getTitle()).isEqualTo("changed");
			assertThat(stored.getContent()).isEqualTo("content");
			assertThat(stored.getParent().getTitle()).isEqualTo("title");
			return stored;
		});
	}

	@Test
	void mergeStoresCopyWhenOriginalIsNew() {
		Text copy = (Text) this.copier.copy(newText(3, null));
		inTransaction((entityManager) -> entityManager.merge(copy));
		Text stored = inTransaction((entityManager) -> (Text) entityManager.find(type, 3L));
		assertThat(stored.getTitle()).isEqualTo("title");
	}

	private static final class EnhancingClassLoader extends ClassLoader {

		private final Enhancer enhancer = BytecodeProviderInitiator.buildDefaultBytecodeProvider()
			.getEnhancer(new DefaultEnhancementContext() {

				@Override
				public boolean hasLazyLoadableAttributes(UnloadedClass classDescriptor) {
					return true;
				}

				@Override
				public boolean isLazyLoadable(UnloadedField field) {
					return true;
				}

			});

		EnhancingClassLoader() {
			super(Article.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			if (!name.equals(Article.class.getName())) {
				return super.loadClass(name, resolve);
			}
			Class<?> loaded = findLoadedClass(name);
			return (loaded != null) ? loaded : defineEnhanced(name);
		}

		private Class<?> defineEnhanced(String name) {
			try (InputStream original = getResourceAsStream(name.replace('.', '/') + ".class")) {
				byte[] enhanced = this.enhancer.enhance(name, original.readAllBytes());
				return defineClass(name, enhanced, 0, enhanced.length);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
