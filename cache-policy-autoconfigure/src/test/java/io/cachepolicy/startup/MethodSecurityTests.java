package io.cachepolicy.startup;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;

import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_BACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * An application with Spring Security, which guards methods that are cached as well.
 */
class MethodSecurityTests extends AbstractStartupTests {

	@AfterEach
	void logOut() {
		SecurityContextHolder.clearContext();
	}

	@Test
	@DisplayName("S1: with Spring Security on the class path the caches work")
	void applicationWithSecurityWorks() {
		assertWorks(start(Secured.class));
	}

	@Test
	@DisplayName("S1: who may not call a method gets nothing from the cache and writes nothing to it")
	void cacheIsBehindSecurity() {
		ConfigurableApplicationContext context = start(Secured.class);
		SecuredParcels parcels = context.getBean(SecuredParcels.class);
		logIn("ROLE_CLERK");
		parcels.write(new Parcel(1L, "one"));
		assertThat(parcels.find(1).getLabel()).isEqualTo("one");
		logIn("ROLE_GUEST");
		assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> parcels.find(1));
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> parcels.write(new Parcel(1L, "forged")));
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> parcels.write(new Parcel(2L, "forged")));
		logIn("ROLE_CLERK");
		assertThat(parcels.find(1).getLabel()).isEqualTo("one");
		assertThat(flush(context)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(this.database.labels("parcel")).containsOnlyKeys(1L).containsValue("one");
	}

	private static void logIn(String role) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("user", "password", role));
	}

	@EnableMethodSecurity
	@Import(SecuredParcels.class)
	static class Secured extends ParcelApplication {

	}

	@PreAuthorize("hasRole('CLERK')")
	static class SecuredParcels {

		@PolicyCached("parcels")
		Parcel find(long id) {
			throw new IllegalStateException("not cached: " + id);
		}

		@PolicyCached(cache = "parcels", operation = WRITE, policy = WRITE_BACK)
		Parcel write(Parcel parcel) {
			return parcel;
		}

	}

}
