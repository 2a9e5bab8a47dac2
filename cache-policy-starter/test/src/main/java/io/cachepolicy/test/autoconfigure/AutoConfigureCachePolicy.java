package io.cachepolicy.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.cachepolicy.autoconfigure.CachePolicyTestSliceAutoConfiguration;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

/**
 * Annotation that can be applied to a test class to test caches with a write policy: with
 * a {@link io.cachepolicy.test.CachePolicyTester CachePolicyTester} bean, pending writes
 * that are flushed on demand, and caches that are reset after each test method.
 * <p>
 * In a test slice such as {@code @DataJpaTest}, where nothing is cached otherwise, it
 * brings the caches. In both, the application has to enable caching.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration(exclude = CachePolicyTestSliceAutoConfiguration.class)
@PropertyMapping("cache-policy-test")
public @interface AutoConfigureCachePolicy {

	/**
	 * Whether pending writes wait for a flush that the test asks for, whatever their age
	 * and, up to four fifths of {@code max-pending}, their number. If not, they are
	 * flushed as configured. A write is flushed early in any case if its entry is evicted
	 * for size or age.
	 * @return whether to flush on demand
	 */
	boolean flushOnDemand() default true;

}
